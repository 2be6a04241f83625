import { LookUps, type ServiceTime } from '@penstock/engine';
import type { OutboundSettings, RunSpec } from '@penstock/model';
import { createAddressRules } from '@penstock/outbound';
import { askService } from './ask-service.ts';
import { createHttpService } from './http-service.ts';
import { type AskForAssets, RunAssets } from './run-assets.ts';

const systemTime: ServiceTime = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal.addEventListener('abort', stop, { once: true });
    }),
};

/** How often changed assets are asked for. */
const REFRESH_MS = 5000;

export interface LookUpSurroundings {
  /** Absent: public addresses alone. */
  readonly outbound?: OutboundSettings | undefined;
  readonly assets: AskForAssets;
  readonly isPreview?: boolean;
}

/** What the tasks of this thread ask services outside with. */
export const openLookUps = ({ outbound, assets: ask, isPreview = false }: LookUpSurroundings): LookUps => {
  const rules = createAddressRules(outbound?.networks ?? []);
  const assets = new RunAssets(ask);
  setInterval(() => void assets.refresh(), REFRESH_MS).unref();
  return new LookUps({ http: createHttpService(rules), assets }, systemTime, { isPreview });
};

/** The same for the tasks of a run. */
export const openRunLookUps = (spec: RunSpec): LookUps =>
  openLookUps({ outbound: spec.outbound, assets: askService(spec) });
