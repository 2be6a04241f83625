import type { Clock } from '@penstock/engine';

/**
 * Counts failures by name and says when there were too many. Names are of both sides (an access key and the address it
 * was tried from), so that nobody can lock out the owner of a key by failing in his name.
 */
export interface FailureLimiter {
  /** Seconds to wait before the name is looked at again, or 0. */
  waitSeconds(name: string): number;
  failed(name: string): void;
}

/** Names remembered at most; beyond it the oldest are forgotten, so that hostile names cannot fill the memory. */
const MAX_NAMES = 10_000;

/** At most `limit` failures per name and window. Per service instance. */
export const createFailureLimiter = (
  clock: Clock,
  { limit, windowMs }: { readonly limit: number; readonly windowMs: number },
): FailureLimiter => {
  // Maps keep insertion order, which here is the order of window starts.
  const windows = new Map<string, { readonly since: number; failures: number }>();
  const current = (name: string): { readonly since: number; failures: number } | undefined => {
    const window = windows.get(name);
    return window !== undefined && clock.now() - window.since < windowMs ? window : undefined;
  };
  return {
    waitSeconds: (name) => {
      const window = current(name);
      if (window === undefined || window.failures < limit) return 0;
      return Math.max(1, Math.ceil((window.since + windowMs - clock.now()) / 1000));
    },
    failed: (name) => {
      const window = current(name);
      if (window !== undefined) {
        window.failures += 1;
        return;
      }
      windows.delete(name);
      windows.set(name, { since: clock.now(), failures: 1 });
      const [oldest] = windows.keys();
      if (windows.size > MAX_NAMES && oldest !== undefined) windows.delete(oldest);
    },
  };
};

/** What failures of an address are counted under: of IPv6 the network, since one host has all addresses in it. */
export const networkOf = (address: string): string => {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
    : before;
  return `${groups.slice(0, 4).join(':')}::/64`;
};
