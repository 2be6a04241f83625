import type { Clock } from '@penstock/engine';

/** Counts requests by name (an access key, an address) and says when there were too many. */
export interface RequestLimiter {
  /** Seconds to wait, or 0 when the request may go on. */
  admit(name: string): number;
}

/** Names remembered at most; beyond it the oldest are forgotten, so that hostile names cannot fill the memory. */
const MAX_NAMES = 10_000;

/** At most `limit` requests per name and window. Per service instance. */
export const createRequestLimiter = (
  clock: Clock,
  options: { readonly limit: number; readonly windowMs: number },
): RequestLimiter => {
  // Maps keep insertion order, which here is the order of window starts.
  const windows = new Map<string, { readonly since: number; count: number }>();
  return {
    admit: (name) => {
      const now = clock.now();
      const current = windows.get(name);
      if (current !== undefined && now - current.since < options.windowMs) {
        current.count += 1;
        if (current.count <= options.limit) return 0;
        return Math.max(1, Math.ceil((current.since + options.windowMs - now) / 1000));
      }
      windows.delete(name);
      windows.set(name, { since: now, count: 1 });
      const [oldest] = windows.keys();
      if (windows.size > MAX_NAMES && oldest !== undefined) windows.delete(oldest);
      return 0;
    },
  };
};
