import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { type Accumulator, type Aggregator, resultOf } from './accumulator.ts';

/** One open window. */
export interface OpenWindow extends Accumulator {
  /** Unix ms; the window is [start, start + size). */
  readonly start: number;
  /** What the window's previous output was; undefined where there was none. */
  lastOutput: JsonValue | undefined;
  lastSum: number;
  lastCount: number;
  /** True while records have come that no output shows. */
  isChanged: boolean;
  /** True once the on-time output has been made. */
  isOnTimeDone: boolean;
}

/** Open windows of one row of the Input/Output table. */
export interface RowWindows {
  /** The row in a form that survives edits of the table: see `rowId`. */
  readonly rowId: string;
  /** By start, oldest first. */
  readonly windows: OpenWindow[];
}

/** Everything kept for one asset and input point. */
export interface PointWindows {
  /** Newest event time seen, in Unix ms: the watermark of this asset and point. */
  watermark: number;
  orgId: JsonValue | undefined;
  modelId: string | undefined;
  modelIdPath: string | undefined;
  rows: RowWindows[];
  /** Which compiled rows `rows` is aligned with, by index; not stored. */
  alignedWith: unknown;
}

/** Identifies a row by what it computes, so that its open windows survive edits of other rows. */
export const rowId = (
  inputPoint: string,
  outputPoint: string,
  aggregator: Aggregator,
  size: number,
  /** Counts rows that compute the same, from 0. */
  repetition: number,
): string => JSON.stringify([inputPoint, outputPoint, aggregator, size, repetition]);

const encodeWindow = (window: OpenWindow): JsonValue => [
  window.start,
  window.count,
  window.sum,
  window.chosen,
  window.chosenTime,
  window.base,
  window.baseTime,
  window.lastOutput === undefined ? [] : [window.lastOutput],
  window.lastSum,
  window.lastCount,
  (window.isChanged ? 1 : 0) + (window.isOnTimeDone ? 2 : 0),
];

/** Compact, since every changed key is written at every commit. */
export const encodeWindows = (state: PointWindows): JsonValue => ({
  w: state.watermark,
  ...(state.orgId === undefined ? {} : { o: state.orgId }),
  ...(state.modelId === undefined ? {} : { m: state.modelId }),
  ...(state.modelIdPath === undefined ? {} : { p: state.modelIdPath }),
  r: state.rows.map((row) => [row.rowId, row.windows.map(encodeWindow)]),
});

const decodeWindow = (stored: JsonValue): OpenWindow => {
  if (!Array.isArray(stored) || stored.length !== 11) throw new Error('The stored state has no valid window.');
  const number = (index: number): number => {
    const value = stored[index];
    if (typeof value !== 'number') throw new Error('The stored state has no valid window.');
    return value;
  };
  const [lastOutput] = Array.isArray(stored[7]) ? stored[7] : [];
  return {
    start: number(0),
    count: number(1),
    // A sum beyond what numbers hold is stored as null.
    sum: stored[2] === null ? Number.POSITIVE_INFINITY : number(2),
    chosen: stored[3] as JsonValue,
    chosenTime: number(4),
    base: stored[5] as JsonValue,
    baseTime: number(6),
    lastOutput,
    lastSum: stored[8] === null ? Number.POSITIVE_INFINITY : number(8),
    lastCount: number(9),
    isChanged: (number(10) & 1) !== 0,
    isOnTimeDone: (number(10) & 2) !== 0,
  };
};

const decodeRow = (stored: JsonValue): RowWindows => {
  const [id, windows] = Array.isArray(stored) ? stored : [];
  if (typeof id !== 'string' || !Array.isArray(windows)) throw new Error('The stored state has no valid row.');
  return { rowId: id, windows: windows.map(decodeWindow) };
};

export const decodeWindows = (stored: JsonValue): PointWindows => {
  if (!isJsonObject(stored) || typeof stored.w !== 'number' || !Array.isArray(stored.r))
    throw new Error('The stored state is not that of a window aggregator.');
  return {
    watermark: stored.w,
    orgId: stored.o,
    modelId: typeof stored.m === 'string' ? stored.m : undefined,
    modelIdPath: typeof stored.p === 'string' ? stored.p : undefined,
    rows: stored.r.map(decodeRow),
    alignedWith: undefined,
  };
};

/** The item of Get Stage State (contract A.3, type 3; the fields after `assetId` are ours). */
export const windowsItem = (state: PointWindows, assetId: string, pointId: string): JsonObject => ({
  assetId,
  pointId,
  time: state.watermark,
  windows: state.rows.flatMap((row) => {
    const [, outputPoint, aggregator, size] = JSON.parse(row.rowId) as [string, string, Aggregator, number];
    return row.windows.map((window) => ({
      outputPoint,
      aggregator,
      windowStart: window.start,
      windowEnd: window.start + size,
      count: window.count,
      value: resultOf(window, aggregator),
    }));
  }),
});
