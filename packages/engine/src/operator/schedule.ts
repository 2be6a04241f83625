import type { MissedSlots } from '../time/due-slot.ts';

/**
 * A schedule of the clock. Its slots are the multiples of `everyMs` since 1970-01-01T00:00Z, so that they are the same
 * for every task and after every restart.
 */
// biome-ignore lint/suspicious/noExplicitAny: schedules that do not look at the configuration fit any operator
export interface ScheduleDefinition<C = any> {
  /** Unique within the operator; written with the last slot, so it never changes. */
  readonly name: string;
  /**
   * `key`: to make something for keys. Every slot comes once for each key over all tasks of the stage, whatever crashes
   * or moves: the last slot is committed with what it led to. `task`: to look after what the task keeps. Every task has
   * the slots from when it was opened on, of several that have passed the newest, and nothing is stored.
   */
  readonly per: 'key' | 'task';
  /** In ms, at least 1000; undefined: a configuration does without it. */
  readonly everyMs: (config: C) => number | undefined;
  /** Of schedules per key; default `last`. */
  readonly missed?: (config: C) => MissedSlots;
}

/** One slot of a schedule. */
export interface ScheduleSlot {
  /** Name of the schedule. */
  readonly schedule: string;
  /** When it was due, Unix ms: what is made for it is dated by this, not by the clock. */
  readonly at: number;
  /**
   * Whether the slot of this key is to be worked off now, by this task. Each key belongs to one call per slot; calls for
   * the same slot and other keys may come later, or to other tasks. Throws for schedules per task.
   */
  owns(key: string): boolean;
  /** How many slots of the schedule this key has had before, from 0; those that were missed do not count. */
  numberOf(key: string): number;
}
