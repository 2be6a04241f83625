import { decodeKeyWatermark, encodeKeyWatermark, isHeld, type KeyWatermark } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { Addressing } from '../points/addressing.ts';
import { type Accumulator, resultOf } from './accumulator.ts';
import { readRowId } from './window-row.ts';

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
  /** True once it has been said that its result is beyond what a number can hold. */
  isOverflowTold: boolean;
}

/** What the output of a window takes over from its records. Never changed, and shared by keys that have the same. */
export interface RecordFacts {
  readonly orgId: JsonValue | undefined;
  readonly modelId: string | undefined;
  readonly modelIdPath: string | undefined;
}

/** Open windows of one row of the Input/Output table. */
export interface RowWindows {
  /** The row in a form that survives edits of the table: see `rowId`. */
  readonly rowId: string;
  /** Of the newest record that the row applied to. */
  facts: RecordFacts;
  /** By start, oldest first. */
  readonly windows: OpenWindow[];
  /** The compiled row; not stored. Undefined until the state has been aligned with a table. */
  row: unknown;
}

/** Everything kept for one asset and input point. */
export interface PointWindows {
  /** How far the event time of this asset and point is. */
  readonly mark: KeyWatermark;
  /** Of the newest record. */
  facts: RecordFacts;
  /** Every row that has applied to a record, in the order of the table. */
  rows: RowWindows[];
  /** Which table `rows` is aligned with; not stored. */
  alignedWith: unknown;
  /** The rows that applied to the record before, and where their windows are; not stored. */
  matchedBy: unknown;
  matched: RowWindows[];
  /** Whether the rows in `matched` have `facts`; not stored. */
  areFactsTaken: boolean;
}

export const sameFacts = (a: RecordFacts, b: RecordFacts): boolean =>
  a === b || (a.modelIdPath === b.modelIdPath && a.modelId === b.modelId && a.orgId === b.orgId);

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
  (window.isChanged ? 1 : 0) + (window.isOnTimeDone ? 2 : 0) + (window.isOverflowTold ? 4 : 0),
  ...(window.compensation === 0 ? [] : [window.compensation]),
];

const encodeFacts = ({ orgId, modelId, modelIdPath }: RecordFacts): JsonObject => ({
  ...(orgId === undefined ? {} : { o: orgId }),
  ...(modelId === undefined ? {} : { m: modelId }),
  ...(modelIdPath === undefined ? {} : { p: modelIdPath }),
});

/** Compact, since every changed key is written at every commit. */
export const encodeWindows = (state: PointWindows): JsonValue => ({
  w: encodeKeyWatermark(state.mark),
  ...encodeFacts(state.facts),
  r: state.rows.map((row) => [
    row.rowId,
    row.windows.map(encodeWindow),
    ...(sameFacts(row.facts, state.facts) ? [] : [encodeFacts(row.facts)]),
  ]),
});

const decodeWindow = (stored: JsonValue): OpenWindow => {
  if (!Array.isArray(stored) || stored.length < 11) throw new Error('The stored state has no valid window.');
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
    compensation: typeof stored[11] === 'number' ? stored[11] : 0,
    chosen: stored[3] as JsonValue,
    chosenTime: number(4),
    base: stored[5] as JsonValue,
    baseTime: number(6),
    lastOutput,
    lastSum: stored[8] === null ? Number.POSITIVE_INFINITY : number(8),
    lastCount: number(9),
    isChanged: (number(10) & 1) !== 0,
    isOnTimeDone: (number(10) & 2) !== 0,
    isOverflowTold: (number(10) & 4) !== 0,
  };
};

const decodeFacts = (stored: JsonObject): RecordFacts => ({
  orgId: stored.o,
  modelId: typeof stored.m === 'string' ? stored.m : undefined,
  modelIdPath: typeof stored.p === 'string' ? stored.p : undefined,
});

const decodeRow = (stored: JsonValue, otherwise: RecordFacts): RowWindows => {
  const [id, windows, facts] = Array.isArray(stored) ? stored : [];
  if (typeof id !== 'string' || !Array.isArray(windows)) throw new Error('The stored state has no valid row.');
  return {
    rowId: id,
    facts: isJsonObject(facts) ? decodeFacts(facts) : otherwise,
    windows: windows.map(decodeWindow),
    row: undefined,
  };
};

export const decodeWindows = (stored: JsonValue): PointWindows => {
  if (!isJsonObject(stored) || !Array.isArray(stored.r))
    throw new Error('The stored state is not that of a window aggregator.');
  const facts = decodeFacts(stored);
  return {
    mark: decodeKeyWatermark(stored.w),
    facts,
    rows: stored.r.map((row) => decodeRow(row, facts)),
    alignedWith: undefined,
    matchedBy: undefined,
    matched: [],
    areFactsTaken: false,
  };
};

/** The item of Get Stage State (contract A.3, type 3; the fields after `assetId` are ours). */
const windowsItem = (state: PointWindows, assetId: string, named: JsonObject): JsonObject => ({
  assetId,
  ...named,
  time: state.mark.newest,
  // Only where it is behind: windows wait for partitions that are slower.
  ...(isHeld(state.mark) ? { watermark: Number.isFinite(state.mark.watermark) ? state.mark.watermark : null } : {}),
  windows: state.rows.flatMap((row) => {
    const { outputPoint, aggregator, size } = readRowId(row.rowId);
    return row.windows.map((window) => ({
      outputPoint,
      aggregator,
      windowStart: window.start,
      windowEnd: window.start + size,
      count: window.count,
      value: resultOf(window, aggregator) ?? null,
    }));
  }),
});

/** State of an operator that keeps windows, by asset and point, or measurement. */
export const windowStateBy = ({ idField }: Pick<Addressing, 'idField'>) => ({
  encode: encodeWindows,
  decode: decodeWindows,
  toItem: (state: PointWindows, assetId: string, id: string): JsonObject =>
    windowsItem(state, assetId, { [idField]: id }),
});
