import { AppError } from '@penstock/model';
import type { AssetService, Services, ServiceTime } from '../ports.ts';
import type { LookUpDefinition } from './look-up.ts';
import { LookUpDesk } from './look-up-desk.ts';

/** What a process provides; the time comes with the clock. */
export type OutsideServices = Omit<Services, 'now'>;

/**
 * What the tasks of one thread share in asking services: answers that are kept, requests under way, and how many there
 * may be. A thread runs one pipeline, so that a stage's name says which look-up is meant.
 */
export class LookUps {
  readonly #services: Services;
  readonly #time: ServiceTime;
  readonly #isPreview: boolean;
  readonly #desks = new Map<string, LookUpDesk<unknown, unknown>>();

  constructor(
    services: OutsideServices,
    time: ServiceTime,
    { isPreview = false }: { readonly isPreview?: boolean } = {},
  ) {
    const { http, assets } = services;
    this.#services = { http, assets, now: () => time.now() };
    this.#time = time;
    this.#isPreview = isPreview;
  }

  /** `stage`: instance name. */
  deskOf(
    stage: string,
    definition: LookUpDefinition<unknown, unknown>,
    config: Readonly<Record<string, unknown>>,
  ): LookUpDesk<unknown, unknown> {
    const name = `${stage}\n${definition.name}`;
    const known = this.#desks.get(name);
    if (known !== undefined) return known;
    const isClosed = this.#isPreview && definition.hasEffects?.(config) === true;
    const desk = new LookUpDesk({
      lookUp: definition.open(config),
      policy: definition.policy(config),
      services: this.#services,
      time: this.#time,
      closedBy: isClosed ? notInPreview() : undefined,
    });
    this.#desks.set(name, desk);
    desk.lookUp.follow?.(this.#services, (keys) => desk.forget(keys));
    return desk;
  }
}

const notInPreview = (): AppError =>
  new AppError('LOOK_UP_NOT_IN_PREVIEW', 'The request would change something outside, so a preview does not make it.', {
    domain: 'user',
  });

/** An asset service that never changes; what is not given has nothing. */
export const assetServiceOf = (given: Partial<AssetService>): AssetService => ({
  asset: () => Promise.resolve(undefined),
  places: () => Promise.resolve([]),
  point: () => Promise.resolve(undefined),
  onChanged: () => undefined,
  onPlacesChanged: () => undefined,
  onPointsChanged: () => undefined,
  ...given,
});

/** For tasks that are given no services: every question fails with the reason. */
export const noLookUps = (): LookUps =>
  new LookUps(
    { http: nobody, assets: assetServiceOf({ asset: nobody, places: nobody, point: nobody }) },
    { now: () => 0, sleep: (_ms, signal) => untilAborted(signal) },
  );

const nobody = (): Promise<never> =>
  Promise.reject(
    new AppError('LOOK_UP_SERVICE_MISSING', 'There is no service here that could be asked.', { domain: 'internal' }),
  );

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
