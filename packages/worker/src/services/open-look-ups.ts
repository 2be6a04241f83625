import { LookUps, type Plan, References, type ServiceTime } from '@penstock/engine';
import type { OutboundSettings, RunEvent, RunSpec } from '@penstock/model';
import { createAddressRules } from '@penstock/outbound';
import { askService } from './ask-service.ts';
import { createHttpService } from './http-service.ts';
import { type AskForAssets, RunAssets } from './run-assets.ts';
import { RunReferences } from './run-references.ts';

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

/** How often changed assets, and other reference data, are asked for. */
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

/** What the tasks of a thread have of services. */
export interface RunServices {
  readonly lookUps: LookUps;
  readonly references: RunReferences;
}

/** The same for the tasks of a run, with the reference data that the stages of its plan go by. */
export const openRunServices = (spec: RunSpec, plan: Plan, onEvent: (event: RunEvent) => void): RunServices => {
  const { assets, reference } = askService(spec);
  const references = new RunReferences({ held: References.of(plan), ask: reference, clock: systemTime, onEvent });
  if (references.isNeeded) setInterval(() => void references.refresh(), REFRESH_MS).unref();
  return { lookUps: openLookUps({ outbound: spec.outbound, assets }), references };
};
