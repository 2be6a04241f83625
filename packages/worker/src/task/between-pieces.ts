import type { TaskLog } from '@penstock/engine';
import { nextTurn } from './wait.ts';
import { FLUSH_BYTES, TURN_MS } from './work-limits.ts';

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
