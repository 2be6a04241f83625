import { defineStore } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

/** A value with its time, Unix ms. */
export type TimedValue = readonly [time: number, value: JsonValue];

/** What is known of an asset. */
export interface LatestValues {
  readonly orgId: JsonValue | undefined;
  readonly modelId: string | undefined;
  readonly modelIdPath: string | undefined;
  /** By `modelId::pointId` as the rows have it: the newest values, newest first, at most `MAX_KEPT`. */
  readonly points: Map<string, readonly TimedValue[]>;
  /** Of the attributes that rows name, as they were when the last record came. */
  readonly attributes: JsonObject;
  /** Time of the last slot of the clock that was worked off; -Infinity: none. */
  lastSlot: number;
}

/**
 * Values kept of a point: the newest, and some before it for triggers that are older. A trigger that is older than all of
 * them has no value of the point.
 */
export const MAX_KEPT = 4;

/** Takes a value in: of equal times the one that comes last counts. */
export const withValue = (known: readonly TimedValue[], added: TimedValue): readonly TimedValue[] => {
  const others = known.filter(([time]) => time !== added[0]);
  const at = others.findIndex(([time]) => time < added[0]);
  const place = at < 0 ? others.length : at;
  return [...others.slice(0, place), added, ...others.slice(place)].slice(0, MAX_KEPT);
};

/** The value at a time, else the one before it (Timing Interpolation `LastValue`). */
export const valueAt = (known: readonly TimedValue[] | undefined, time: number): JsonValue | undefined =>
  known?.find(([at]) => at <= time)?.[1];

export const latestValues = defineStore<LatestValues>({
  name: 'latest-values',
  version: 1,
  keyParts: 1,
  encode: ({ orgId, modelId, modelIdPath, points, attributes, lastSlot }) => ({
    ...(orgId === undefined ? {} : { o: orgId }),
    ...(modelId === undefined ? {} : { m: modelId }),
    ...(modelIdPath === undefined ? {} : { p: modelIdPath }),
    v: [...points].map(([name, values]): JsonValue => [name, values.map(([time, value]): JsonValue => [time, value])]),
    a: attributes,
    ...(Number.isFinite(lastSlot) ? { s: lastSlot } : {}),
  }),
  decode: (stored) => {
    if (!isJsonObject(stored) || !Array.isArray(stored.v) || !isJsonObject(stored.a))
      throw new Error('The stored state has no values of an asset.');
    return {
      orgId: stored.o,
      modelId: typeof stored.m === 'string' ? stored.m : undefined,
      modelIdPath: typeof stored.p === 'string' ? stored.p : undefined,
      points: new Map(stored.v.map(decodePoint)),
      attributes: stored.a,
      lastSlot: typeof stored.s === 'number' ? stored.s : Number.NEGATIVE_INFINITY,
    };
  },
  // An empty point: it is kept per asset.
  pointOf: ([assetId]) => [assetId, ''],
  toItem: ({ points }, [assetId]) => ({
    assetId,
    points: [...points].map(
      ([point, values]): JsonObject => ({
        point,
        time: values[0]?.[0] ?? null,
        value: values[0]?.[1] ?? null,
      }),
    ),
  }),
});

const decodePoint = (stored: JsonValue): [string, readonly TimedValue[]] => {
  const [name, values] = Array.isArray(stored) ? stored : [];
  if (typeof name !== 'string' || !Array.isArray(values)) throw new Error('The stored state has no valid point.');
  return [
    name,
    values.map((entry): TimedValue => {
      const [time, value] = Array.isArray(entry) ? entry : [];
      if (typeof time !== 'number' || value === undefined) throw new Error('The stored state has no valid value.');
      return [time, value];
    }),
  ];
};
