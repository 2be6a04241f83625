import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { Sum } from '../../shared/windows/compensated-sum.ts';

/** A reading or power that the next interval begins with. */
export interface Base {
  /** Unix ms */
  readonly time: number;
  readonly value: number;
  /** Of a power: whether it lies within the threshold. */
  readonly isValid: boolean;
}

/** What has been added up since `start`, of a day or of an interval of the detailed output. */
export interface OpenSpan extends Sum {
  /** Unix ms */
  readonly start: number;
  /** Intervals between two records that are in the sum, and those that were left out. */
  counted: number;
  left: number;
}

/** Of one row of the table. */
export interface RowEnergy {
  base: Base | undefined;
  /** Of the interval before, for the interpolation LastValue; undefined: there was none that had one. */
  lastPower: number | undefined;
  day: OpenSpan | undefined;
  detail: OpenSpan | undefined;
}

/** Everything kept for one asset and input point. */
export interface PointEnergy {
  /** Newest time seen, and the value that came with it. */
  newest: number;
  newestValue: number;
  /** By the id of the row. */
  readonly rows: Map<string, RowEnergy>;
}

export const openSpan = (start: number): OpenSpan => ({ start, sum: 0, compensation: 0, counted: 0, left: 0 });

/** Sums beyond what numbers hold are stored as texts, since JSON has none. */
const encodeNumber = (value: number): JsonValue => (Number.isFinite(value) ? value : String(value));

const encodeSpan = (span: OpenSpan | undefined): JsonValue =>
  span === undefined
    ? null
    : [span.start, encodeNumber(span.sum), encodeNumber(span.compensation), span.counted, span.left];

/** Compact, since every changed key is written at every commit. */
export const encodeEnergy = ({ newest, newestValue, rows }: PointEnergy): JsonValue => ({
  t: newest,
  v: newestValue,
  r: [...rows].map(([id, { base, lastPower, day, detail }]) => [
    id,
    base === undefined ? null : [base.time, base.value, base.isValid],
    lastPower ?? null,
    encodeSpan(day),
    encodeSpan(detail),
  ]),
});

const numberOf = (stored: JsonValue | undefined): number => {
  const number = typeof stored === 'string' ? Number(stored) : stored;
  if (typeof number !== 'number') throw new Error('The stored state has no valid sum of energy.');
  return number;
};

const decodeSpan = (stored: JsonValue | undefined): OpenSpan | undefined => {
  if (stored === null) return undefined;
  if (!Array.isArray(stored)) throw new Error('The stored state has no valid day.');
  const [start, sum, compensation, counted, left] = stored.map(numberOf);
  if (start === undefined || sum === undefined || compensation === undefined)
    throw new Error('The stored state has no valid day.');
  return { start, sum, compensation, counted: counted ?? 0, left: left ?? 0 };
};

const decodeBase = (stored: JsonValue | undefined): Base | undefined => {
  if (stored === null) return undefined;
  const [time, value, isValid] = Array.isArray(stored) ? stored : [];
  if (typeof time !== 'number' || typeof value !== 'number')
    throw new Error('The stored state has no valid reading to begin with.');
  return { time, value, isValid: isValid === true };
};

export const decodeEnergy = (stored: JsonValue): PointEnergy => {
  if (!isJsonObject(stored) || !Array.isArray(stored.r) || typeof stored.t !== 'number' || typeof stored.v !== 'number')
    throw new Error('The stored state is not that of an energy integrator.');
  const rows = stored.r.map((row): [string, RowEnergy] => {
    const [id, base, lastPower, day, detail] = Array.isArray(row) ? row : [];
    if (typeof id !== 'string') throw new Error('The stored state has no valid row.');
    return [
      id,
      {
        base: decodeBase(base),
        lastPower: typeof lastPower === 'number' ? lastPower : undefined,
        day: decodeSpan(day),
        detail: decodeSpan(detail),
      },
    ];
  });
  return { newest: stored.t, newestValue: stored.v, rows: new Map(rows) };
};

/** The item of Get Stage State; EnOS knows no such operator, so all of it is ours. */
export const energyItem = ({ newest, rows }: PointEnergy, assetId: string, pointId: string): JsonObject => ({
  assetId,
  pointId,
  time: newest,
  days: [...rows].map(([id, { base, day }]) => {
    const [, , , outputPoint = ''] = JSON.parse(id) as readonly string[];
    return {
      outputPoint,
      baseTime: base?.time ?? null,
      baseValue: base?.value ?? null,
      dayStart: day?.start ?? null,
      counted: day?.counted ?? 0,
      leftOut: day?.left ?? 0,
    };
  }),
});
