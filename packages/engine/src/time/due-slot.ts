/**
 * What becomes of slots that are missed: noticed more than a minute late, because the pipeline was paused or nobody
 * could run it. `each`: all of them, in order. `last`: one, the newest, where none is due that is not missed. `none`.
 */
export type MissedSlots = 'each' | 'last' | 'none';

/** Slots that are noticed later than this, in ms, are missed: long enough for a task to be made anew elsewhere. */
export const MISSED_AFTER_MS = 60_000;

/** The newest slot that is not after `now`. */
export const slotAt = (now: number, everyMs: number): number => Math.floor(now / everyMs) * everyMs;

/**
 * The slot to be worked off next where `last` was the one before (both Unix ms); undefined: none is due. Depends on
 * nothing else, so that a task that is made anew comes to the same slots.
 */
export const dueSlot = (last: number, now: number, everyMs: number, missed: MissedSlots): number | undefined => {
  const newest = slotAt(now, everyMs);
  if (newest <= last) return undefined;
  const next = slotAt(last, everyMs) + everyMs;
  const inTime = now - MISSED_AFTER_MS;
  if (missed === 'each' || next >= inTime) return next;
  const firstInTime = slotAt(inTime + everyMs - 1, everyMs);
  if (firstInTime <= newest) return firstInTime;
  return missed === 'last' ? newest : undefined;
};
