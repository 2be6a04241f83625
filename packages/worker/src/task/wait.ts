import type { TaskLog } from '@penstock/engine';

/** How long one task may work before network, timers and other tasks have their turn. */
export const TURN_MS = 10;
/** Output is sent when this much has gathered, whether or not the transaction ends. */
export const FLUSH_BYTES = 2 * 1024 * 1024;

/** Waits, or less when the signal comes. Never rejects. */
export const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });

/** Lets network and timers have their turn between two pieces of work. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * What happens between two pieces of a message of many records (`TaskOptions.onPiece`): output that has gathered is
 * sent, so that what a message leads to need not be in memory at once, and others have their turn. No commit: a message
 * is worked off in one transaction. Where a stage takes its time, nothing is sent either, since that would open a
 * transaction that must end soon.
 */
export const betweenPieces = (
  log: Pick<TaskLog, 'pendingBytes' | 'flush'>,
  isSlow: () => boolean,
  now: () => number = () => performance.now(),
): (() => Promise<void>) => {
  let turnAt = now();
  return async () => {
    if (log.pendingBytes > FLUSH_BYTES && !isSlow()) await log.flush();
    if (now() - turnAt <= TURN_MS) return;
    await nextTurn();
    turnAt = now();
  };
};
