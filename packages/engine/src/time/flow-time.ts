import type { Clock } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { EventTime, TimeOptions } from './event-time.ts';
import type { FlowReader } from './flow-header.ts';
import {
  type CarriedFlow,
  type Claim,
  carriedBy,
  type FlowMarks,
  type KeyWatermark,
  MAX_CLAIMS,
} from './key-watermark.ts';
import type { FlowProgress } from './progress-message.ts';
import type { ProgressTable } from './progress-table.ts';

/**
 * A flow that is behind holds windows until its stream time is this far beyond the moment at which another flow passed
 * their end. Stream time is that of a whole partition, in which keys may lag behind each other; this is the allowance.
 */
export const STREAM_TIME_ALLOWANCE_MS = 3_600_000;
/** Claims lie at least this fraction of a time-out apart. */
const GRAIN = 8;

/**
 * Event time where records of a key come by several flows that overtake each other. The watermark of a key is the least
 * of what is certain over all flows. For a flow that is the newest time of the key that came by it, or a later one that
 * another flow has brought (a claim) once the flow shows no sign of carrying the key any more:
 * - it had caught up `idleTimeoutMs` after the claim, and after it last carried the key; or, while it is behind,
 * - its stream time is `STREAM_TIME_ALLOWANCE_MS` beyond that of the claim, and beyond where it last carried the key.
 * All of it follows from the messages of the cut's topic in their order, not from when they are read.
 */
export class FlowTime implements EventTime {
  readonly hasFlows = true;
  readonly #reader: FlowReader;
  readonly #table: ProgressTable;
  readonly #clock: Clock;
  readonly #options: TimeOptions;

  constructor(reader: FlowReader, table: ProgressTable, clock: Clock, options: TimeOptions) {
    this.#reader = reader;
    this.#table = table;
    this.#clock = clock;
    this.#options = options;
  }

  advance(mark: KeyWatermark, record: StreamRecord, time: number): boolean {
    const { batch, index } = record;
    if (batch === undefined || record.isMerged) return this.#advanceByOwn(mark, time);
    const { flow, streamTime } = this.#reader.read(batch, index);
    this.#table.sight(flow);
    const at = batch.timestamps[index] as number;
    const marks = mark.byFlow();
    const carried = this.#carriedBy(marks, flow);
    carried.streamTime = Math.max(carried.streamTime, streamTime);
    carried.at = Math.max(carried.at, at);
    if (time > carried.time) carried.time = time;
    marks.own = carried.time;
    if (time > mark.newest) {
      mark.newest = time;
      this.#claim(marks, { time, streamTime, at });
    }
    const before = marks.carried;
    const isReleased = this.release(mark);
    marks.carried = carriedBy(mark.newest, marks);
    return isReleased || marks.carried > before;
  }

  release(mark: KeyWatermark): boolean {
    const { marks, newest } = mark;
    if (marks === undefined || !this.#table.isComplete || marks.watermark >= newest) return false;
    let least = newest;
    for (const progress of this.#table.flows.values()) {
      least = Math.min(least, this.#certainBy(newest, marks, progress));
      if (least <= marks.watermark) return false;
    }
    marks.watermark = least;
    marks.carried = Math.max(marks.carried, least);
    if (marks.claims.length > 0 && (marks.claims[0] as Claim).time <= least)
      marks.claims = marks.claims.filter(({ time }) => time > least);
    return true;
  }

  isTooFarAhead(time: number): boolean {
    return time > this.#clock.now() + this.#options.maxFutureMs;
  }

  /** For records made in this task in the order of its watermarks: where a key has no others, they are certain. */
  #advanceByOwn(mark: KeyWatermark, time: number): boolean {
    const { marks } = mark;
    if (marks !== undefined) marks.own = Math.max(marks.own, time);
    if (time <= mark.newest) return false;
    mark.newest = time;
    if (marks === undefined) return true;
    if (marks.flows.length > 0) {
      this.#claim(marks, { time, streamTime: Number.NEGATIVE_INFINITY, at: this.#clock.now() });
      return this.release(mark);
    }
    marks.watermark = time;
    marks.carried = time;
    return true;
  }

  #carriedBy(marks: FlowMarks, flow: string): CarriedFlow {
    for (const carried of marks.flows) if (carried.flow === flow) return carried;
    const carried: CarriedFlow = {
      flow,
      time: Number.NEGATIVE_INFINITY,
      streamTime: Number.NEGATIVE_INFINITY,
      at: Number.NEGATIVE_INFINITY,
    };
    // Flows that are gone (of tasks that are no more) are forgotten on this occasion.
    const { isComplete, flows } = this.#table;
    marks.flows = [...marks.flows.filter((known) => !isComplete || flows.has(known.flow)), carried];
    return carried;
  }

  /** What one flow lets be certain of a key. */
  #certainBy(newest: number, { flows, claims }: FlowMarks, progress: FlowProgress): number {
    const carried = flows.find(({ flow }) => flow === progress.flow);
    const time = carried?.time ?? Number.NEGATIVE_INFINITY;
    if (time >= newest) return time;
    const lastStreamTime = carried?.streamTime ?? Number.NEGATIVE_INFINITY;
    const lastAt = carried?.at ?? Number.NEGATIVE_INFINITY;
    for (let i = claims.length - 1; i >= 0; i--) {
      const claim = claims[i] as Claim;
      if (claim.time <= time) break;
      const isIdle = progress.caughtUpAt >= Math.max(claim.at, lastAt) + this.#options.idleTimeoutMs;
      // Stream time may lag behind the key that made the claim.
      const reached = Math.max(claim.time, claim.streamTime, lastStreamTime) + STREAM_TIME_ALLOWANCE_MS;
      // Where it is not known how far the flow of the claim was, nothing can be compared with it.
      const isBeyond = Number.isFinite(claim.streamTime) && progress.streamTime >= reached;
      if (isIdle || isBeyond) return claim.time;
    }
    return time;
  }

  /** Remembers how far the key has come and when; moments close to each other count as the later one. */
  #claim(marks: FlowMarks, claim: Claim): void {
    const { claims } = marks;
    const before = claims.at(-2);
    const isClose =
      before !== undefined &&
      claim.at - before.at < this.#options.idleTimeoutMs / GRAIN &&
      !(claim.streamTime - before.streamTime >= STREAM_TIME_ALLOWANCE_MS / GRAIN);
    if (isClose) claims[claims.length - 1] = claim;
    else claims.push(claim);
    if (claims.length > MAX_CLAIMS) marks.claims = claims.filter((_, index) => index % 2 === (claims.length - 1) % 2);
  }
}
