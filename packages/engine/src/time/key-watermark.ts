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

/**
 * The event-time clock of one key, to be kept in its state. Where records of a key come one way only, `watermark` is
 * the newest time seen and nothing else is kept. Where they come by several flows it is the least that is certain over
 * all of them: see `FlowTime`.
 */
export interface KeyWatermark {
  /** Windows that end at or before it take no more records. -Infinity: nothing is certain yet. */
  watermark: number;
  /** Newest time seen, over all flows. */
  newest: number;
  /**
   * The least over the flows that have carried the key so far, whatever others may still bring; at least `watermark`.
   * Not stored.
   */
  carried: number;
  /** Newest time seen of the flow that the record at hand came by: what makes that record late. Not stored. */
  own: number;
  flows: CarriedFlow[];
  /** Oldest first; at most `MAX_CLAIMS`. */
  claims: Claim[];
}

/** Beyond this, every second claim is forgotten: then windows wait a little longer. */
export const MAX_CLAIMS = 32;

const NO_FLOWS: CarriedFlow[] = [];
const NO_CLAIMS: Claim[] = [];

export const newKeyWatermark = (): KeyWatermark => ({
  watermark: Number.NEGATIVE_INFINITY,
  newest: Number.NEGATIVE_INFINITY,
  carried: Number.NEGATIVE_INFINITY,
  own: Number.NEGATIVE_INFINITY,
  // Shared while empty: most keys come one way only and never get lists of their own.
  flows: NO_FLOWS,
  claims: NO_CLAIMS,
});

/** See `KeyWatermark.carried`. */
export const carriedBy = (mark: KeyWatermark): number => {
  let least = mark.newest;
  for (const { time } of mark.flows) if (time < least) least = time;
  return Math.max(mark.watermark, least);
};

/** Whether something waits for flows that are behind. */
export const isHeld = (mark: KeyWatermark): boolean => mark.watermark < mark.newest;

/** JSON has no infinity. */
const orNull = (value: number): JsonValue => (Number.isFinite(value) ? value : null);
const orNever = (value: JsonValue | undefined): number =>
  typeof value === 'number' ? value : Number.NEGATIVE_INFINITY;

/** Compact: the number alone where records come one way. */
export const encodeKeyWatermark = (mark: KeyWatermark): JsonValue =>
  mark.flows.length === 0 && mark.watermark === mark.newest
    ? mark.watermark
    : {
        w: orNull(mark.watermark),
        n: orNull(mark.newest),
        f: mark.flows.map(({ flow, time, streamTime, at }) => [flow, orNull(time), orNull(streamTime), orNull(at)]),
        c: mark.claims.map(({ time, streamTime, at }) => [time, orNull(streamTime), at]),
      };

/** Takes what `encodeKeyWatermark` gave; throws where it is something else. */
export const decodeKeyWatermark = (stored: JsonValue | undefined): KeyWatermark => {
  const mark = newKeyWatermark();
  if (typeof stored === 'number') {
    mark.watermark = stored;
    mark.newest = stored;
    mark.carried = stored;
    return mark;
  }
  if (!isJsonObject(stored) || !Array.isArray(stored.f) || !Array.isArray(stored.c))
    throw new Error('The stored state has no watermark.');
  mark.watermark = orNever(stored.w);
  mark.newest = orNever(stored.n);
  mark.flows = stored.f.map((entry) => {
    const [flow, time, streamTime, at] = Array.isArray(entry) ? entry : [];
    if (typeof flow !== 'string') throw new Error('The stored state has no valid watermark.');
    return { flow, time: orNever(time), streamTime: orNever(streamTime), at: orNever(at) };
  });
  mark.carried = carriedBy(mark);
  mark.claims = stored.c.map((entry) => {
    const [time, streamTime, at] = Array.isArray(entry) ? entry : [];
    return { time: orNever(time), streamTime: orNever(streamTime), at: orNever(at) };
  });
  return mark;
};
