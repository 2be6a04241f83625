import { isJsonObject, type JsonValue } from '@penstock/model';

/** What is known of one flow that has carried a key. */
export interface CarriedFlow {
  readonly flow: string;
  /** Newest event time that came by it, in Unix ms. */
  time: number;
  /** Stream time of the flow when it last carried the key; -Infinity where not known. */
  streamTime: number;
  /** When that was by the clock of whoever passed it on, in Unix ms. */
  at: number;
}

/** A moment at which the newest event time of a key, over all flows, had come this far. */
export interface Claim {
  readonly time: number;
  readonly streamTime: number;
  readonly at: number;
}

/** What is known of a key whose records come by several flows. */
export interface FlowMarks {
  watermark: number;
  carried: number;
  own: number;
  flows: CarriedFlow[];
  /** Oldest first; at most `MAX_CLAIMS`. */
  claims: Claim[];
}

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * The event-time clock of one key, to be kept in its state. Where records of a key come one way only, everything is the
 * newest time seen, and that one number is all there is: keys are many, and each is somewhere else in memory. Where
 * they come by several flows the watermark is the least that is certain over all of them: see `FlowTime`.
 */
export class KeyWatermark {
  /** Newest time seen, over all flows. */
  newest = NEVER;
  /** Undefined where records come one way only. */
  marks: FlowMarks | undefined = undefined;

  /** Windows that end at or before it take no more records. -Infinity: nothing is certain yet. */
  get watermark(): number {
    return this.marks === undefined ? this.newest : this.marks.watermark;
  }

  /**
   * The least over the flows that have carried the key so far, whatever others may still bring; at least `watermark`.
   * Not stored.
   */
  get carried(): number {
    return this.marks === undefined ? this.newest : this.marks.carried;
  }

  /** Newest time seen of the flow that the record at hand came by: what makes that record late. Not stored. */
  get own(): number {
    return this.marks === undefined ? this.newest : this.marks.own;
  }

  /** From here on the flows are told apart. */
  byFlow(): FlowMarks {
    const { newest } = this;
    this.marks ??= { watermark: newest, carried: newest, own: newest, flows: [], claims: [] };
    return this.marks;
  }
}

/** Beyond this, every second claim is forgotten: then windows wait a little longer. */
export const MAX_CLAIMS = 32;

/** See `KeyWatermark.carried`. */
export const carriedBy = (newest: number, { watermark, flows }: FlowMarks): number => {
  let least = newest;
  for (const { time } of flows) if (time < least) least = time;
  return Math.max(watermark, least);
};

/** Whether something waits for flows that are behind. */
export const isHeld = (mark: KeyWatermark): boolean => mark.watermark < mark.newest;

/** JSON has no infinity. */
const orNull = (value: number): JsonValue => (Number.isFinite(value) ? value : null);
const orNever = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : NEVER);

/** Compact: the number alone where records come one way. */
export const encodeKeyWatermark = ({ newest, marks }: KeyWatermark): JsonValue =>
  marks === undefined || (marks.flows.length === 0 && marks.watermark === newest)
    ? newest
    : {
        w: orNull(marks.watermark),
        n: orNull(newest),
        f: marks.flows.map(({ flow, time, streamTime, at }) => [flow, orNull(time), orNull(streamTime), orNull(at)]),
        c: marks.claims.map(({ time, streamTime, at }) => [time, orNull(streamTime), at]),
      };

/** Takes what `encodeKeyWatermark` gave; throws where it is something else. */
export const decodeKeyWatermark = (stored: JsonValue | undefined): KeyWatermark => {
  const mark = new KeyWatermark();
  if (typeof stored === 'number') {
    mark.newest = stored;
    return mark;
  }
  if (!isJsonObject(stored) || !Array.isArray(stored.f) || !Array.isArray(stored.c))
    throw new Error('The stored state has no watermark.');
  mark.newest = orNever(stored.n);
  const marks = {
    watermark: orNever(stored.w),
    carried: NEVER,
    own: NEVER,
    flows: stored.f.map((entry) => {
      const [flow, time, streamTime, at] = Array.isArray(entry) ? entry : [];
      if (typeof flow !== 'string') throw new Error('The stored state has no valid watermark.');
      return { flow, time: orNever(time), streamTime: orNever(streamTime), at: orNever(at) };
    }),
    claims: stored.c.map((entry) => {
      const [time, streamTime, at] = Array.isArray(entry) ? entry : [];
      return { time: orNever(time), streamTime: orNever(streamTime), at: orNever(at) };
    }),
  };
  marks.carried = carriedBy(mark.newest, marks);
  mark.marks = marks;
  return mark;
};
