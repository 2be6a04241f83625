import type { Clock } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { EventTime, TimeOptions } from './event-time.ts';
import type { FlowReader } from './flow-header.ts';
import { type CarriedFlow, type Claim, carriedBy, type KeyWatermark, MAX_CLAIMS } from './key-watermark.ts';
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
    const carried = this.#carriedBy(mark, flow);
    carried.streamTime = Math.max(carried.streamTime, streamTime);
    carried.at = Math.max(carried.at, at);
    if (time > carried.time) carried.time = time;
    mark.own = carried.time;
    if (time > mark.newest) {
      mark.newest = time;
      this.#claim(mark, { time, streamTime, at });
    }
    const before = mark.carried;
    const isReleased = this.release(mark);
    mark.carried = carriedBy(mark);
    return isReleased || mark.carried > before;
  }

  release(mark: KeyWatermark): boolean {
    if (!this.#table.isComplete || mark.watermark >= mark.newest) return false;
    let least = mark.newest;
    for (const progress of this.#table.flows.values()) {
      least = Math.min(least, this.#certainBy(mark, progress));
      if (least <= mark.watermark) return false;
    }
    mark.watermark = least;
    mark.carried = Math.max(mark.carried, least);
    if (mark.claims.length > 0 && (mark.claims[0] as Claim).time <= least)
      mark.claims = mark.claims.filter(({ time }) => time > least);
    return true;
  }

  isTooFarAhead(time: number): boolean {
    return time > this.#clock.now() + this.#options.maxFutureMs;
  }

  /** For records made in this task in the order of its watermarks: where a key has no others, they are certain. */
  #advanceByOwn(mark: KeyWatermark, time: number): boolean {
    mark.own = Math.max(mark.own, time);
    if (time <= mark.newest) return false;
    mark.newest = time;
    if (mark.flows.length > 0) {
      this.#claim(mark, { time, streamTime: Number.NEGATIVE_INFINITY, at: this.#clock.now() });
      return this.release(mark);
    }
    mark.watermark = time;
    mark.carried = time;
    return true;
  }

  #carriedBy(mark: KeyWatermark, flow: string): CarriedFlow {
    for (const carried of mark.flows) if (carried.flow === flow) return carried;
    const carried: CarriedFlow = {
      flow,
      time: Number.NEGATIVE_INFINITY,
      streamTime: Number.NEGATIVE_INFINITY,
      at: Number.NEGATIVE_INFINITY,
    };
    // Flows that are gone (of tasks that are no more) are forgotten on this occasion.
    const { isComplete, flows } = this.#table;
    mark.flows = [...mark.flows.filter((known) => !isComplete || flows.has(known.flow)), carried];
    return carried;
  }

  /** What one flow lets be certain of a key. */
  #certainBy(mark: KeyWatermark, progress: FlowProgress): number {
    const carried = mark.flows.find(({ flow }) => flow === progress.flow);
    const time = carried?.time ?? Number.NEGATIVE_INFINITY;
    if (time >= mark.newest) return time;
    const lastStreamTime = carried?.streamTime ?? Number.NEGATIVE_INFINITY;
    const lastAt = carried?.at ?? Number.NEGATIVE_INFINITY;
    for (let i = mark.claims.length - 1; i >= 0; i--) {
      const claim = mark.claims[i] as Claim;
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
  #claim(mark: KeyWatermark, claim: Claim): void {
    if (mark.claims.length === 0) mark.claims = [];
    const { claims } = mark;
    const before = claims.at(-2);
    const isClose =
      before !== undefined &&
      claim.at - before.at < this.#options.idleTimeoutMs / GRAIN &&
      !(claim.streamTime - before.streamTime >= STREAM_TIME_ALLOWANCE_MS / GRAIN);
    if (isClose) claims[claims.length - 1] = claim;
    else claims.push(claim);
    if (claims.length > MAX_CLAIMS) mark.claims = claims.filter((_, index) => index % 2 === (claims.length - 1) % 2);
  }
}
