import type { Clock } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { KeyWatermark } from './key-watermark.ts';

/** Pipeline options about time. */
export interface TimeOptions {
  /** How long a partition that has caught up may hold windows back without carrying their key, in ms. */
  readonly idleTimeoutMs: number;
  /** Records whose time is further ahead of the clock than this are errors, in ms. */
  readonly maxFutureMs: number;
}

/**
 * Event time as stages get it. The engine knows by which ways records of a key reach the task, so it says how far each
 * key's watermark is; a stage keeps a `KeyWatermark` in the key's state and asks.
 */
export interface EventTime {
  /** Whether records of a key may come by several flows: then a mark changes with every record, late ones too. */
  readonly hasFlows: boolean;
  /** Takes note of a record; true where `watermark` or `carried` has moved. `mark.own` is that of this record then. */
  advance(mark: KeyWatermark, record: StreamRecord, time: number): boolean;
  /** Takes note of what is known of the flows by now; true where `watermark` has moved. */
  release(mark: KeyWatermark): boolean;
  /** Whether a time lies so far ahead that it cannot be right. */
  isTooFarAhead(time: number): boolean;
}

/** What a record is not late by: the key's watermark, or how far the record's own flow has come. */
export const latenessBound = (mark: KeyWatermark): number => Math.max(mark.watermark, mark.own);

/** Where all records of a key come one way, in order: the newest time is the watermark. */
export class DirectTime implements EventTime {
  readonly hasFlows = false;
  readonly #clock: Clock;
  readonly #maxFutureMs: number;

  constructor(clock: Clock, options: Pick<TimeOptions, 'maxFutureMs'>) {
    this.#clock = clock;
    this.#maxFutureMs = options.maxFutureMs;
  }

  advance(mark: KeyWatermark, _record: StreamRecord, time: number): boolean {
    const isReleased = this.release(mark);
    if (time <= mark.newest) return isReleased;
    mark.newest = time;
    return true;
  }

  /** What an earlier plan knew of several flows means nothing here. */
  release(mark: KeyWatermark): boolean {
    if (mark.marks === undefined) return false;
    const isReleased = mark.watermark < mark.newest;
    mark.marks = undefined;
    return isReleased;
  }

  isTooFarAhead(time: number): boolean {
    return time > this.#clock.now() + this.#maxFutureMs;
  }
}
