import { LookUps, type ServiceTime } from '@penstock/engine';
import type { OutboundSettings } from '@penstock/model';
import { createAddressRules } from '@penstock/outbound';
import { createHttpService } from './http-service.ts';

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

/** What the tasks of this thread ask services outside with. Undefined settings: public addresses alone. */
export const openLookUps = (
  outbound: OutboundSettings | undefined,
  options: { readonly isPreview?: boolean } = {},
): LookUps => {
  const rules = createAddressRules(outbound?.networks ?? []);
  return new LookUps({ http: createHttpService(rules) }, systemTime, options);
};
