import { type Emitter, type KeyedState, StreamRecord } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import { pathToModel } from '../../shared/points/output-point.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import { NOT_SELECTED } from '../../shared/points/process-rows.ts';
import { reportMissingKey, reportMissingTime, reportNotNumeric } from '../../shared/points/record-errors.ts';
import { accumulate, detailOf, emptyAccumulator, resultOf } from '../../shared/windows/accumulator.ts';
import type { OpenWindow, PointWindows, RowWindows } from '../../shared/windows/window-state.ts';
import type { WindowRow } from './window-row.ts';

/** Why a result is put out (contract E.3, `calMode`). */
type CalMode = 'early' | 'onTime' | 'final';

export interface WindowTriggers {
  /** ms of event time */
  readonly latency: number;
  readonly onTime: boolean;
  readonly earlyOnRecord: boolean;
  /** ms of the clock between early outputs; undefined: none. */
  readonly earlyPeriod: number | undefined;
}

/**
 * Tumbling windows per asset and point. The watermark is the newest event time of that asset and point alone, so what
 * comes out is a function of its records in their order: neither other assets nor partitions nor crashes matter.
 * Early output by the clock is the exception.
 */
export class WindowAggregator {
  readonly #table: PointTable<WindowRow>;
  readonly #triggers: WindowTriggers;
  readonly #state: KeyedState<PointWindows>;
  #slot: number | undefined;

  constructor(rows: readonly WindowRow[], triggers: WindowTriggers, state: KeyedState<PointWindows>) {
    this.#table = new PointTable(rows, (row) => row.input);
    this.#triggers = triggers;
    this.#state = state;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (rows.length === 0) {
      out.drop(record, NOT_SELECTED);
      return;
    }
    const value = record.get('value');
    if (value === null || value === undefined) {
      out.drop(record, 'null-value');
      return;
    }
    if (!Number.isFinite(value) && !acceptsAll(rows, value)) {
      reportNotNumeric(record, out);
      return;
    }
    const { assetId, pointId, time } = record;
    if (assetId === undefined || pointId === undefined) {
      reportMissingKey(record, out);
      return;
    }
    if (time === undefined) {
      reportMissingTime(record, out);
      return;
    }

    const kept = this.#state.get(assetId, pointId);
    const state = kept ?? newState(record, time);
    const isRealigned = state.alignedWith !== rows && align(state, rows);
    if (time > state.watermark) {
      state.watermark = time;
      this.#advance(state, rows, record, assetId, out);
      if (state.modelIdPath !== record.modelIdPath || state.modelId !== record.modelId) takeModel(state, record);
    }
    const isTaken = this.#add(state, rows, value, time, record, assetId, out);
    // A late record leaves the windows as they were: whatever moves the watermark is not late.
    if (isTaken || isRealigned) this.#state.put(assetId, pointId, state);
    if (!isTaken) out.drop(record, 'late');
  }

  /** Early output by the clock: for every window that changed, once per period. */
  tick(nowMs: number, out: Emitter): void {
    const period = this.#triggers.earlyPeriod;
    if (period === undefined) return;
    const slot = Math.floor(nowMs / period);
    const isDue = this.#slot !== undefined && slot > this.#slot;
    this.#slot = slot;
    if (!isDue) return;
    this.#state.forEach((state, assetId, pointId) => {
      const rows = this.#table.rowsOf(pointId, state.modelId ?? '', state.modelIdPath ?? '');
      let isChanged = state.alignedWith !== rows && align(state, rows);
      rows.forEach((row, index) => {
        for (const window of (state.rows[index] as RowWindows).windows)
          if (window.isChanged) {
            out.emit(StreamRecord.from(this.#output(state, row, window, 'early', assetId)));
            isChanged = true;
          }
      });
      if (isChanged) this.#state.put(assetId, pointId, state);
    });
  }

  /** Puts out what the watermark has passed, oldest window first, and forgets windows that take no more records. */
  #advance(state: PointWindows, rows: readonly WindowRow[], record: StreamRecord, assetId: string, out: Emitter): void {
    const { latency, onTime } = this.#triggers;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as WindowRow;
      const { windows } = state.rows[i] as RowWindows;
      let closed = 0;
      for (const window of windows) {
        const end = window.start + row.size;
        if (end > state.watermark) break;
        if (end + latency <= state.watermark) {
          out.emit(record.derive(this.#output(state, row, window, 'final', assetId)));
          closed++;
        } else if (onTime && !window.isOnTimeDone) {
          window.isOnTimeDone = true;
          out.emit(record.derive(this.#output(state, row, window, 'onTime', assetId)));
        }
      }
      if (closed > 0) windows.splice(0, closed);
    }
  }

  /** Adds a value to the windows it belongs to; false where all of them are closed. */
  #add(
    state: PointWindows,
    rows: readonly WindowRow[],
    value: JsonValue,
    time: number,
    record: StreamRecord,
    assetId: string,
    out: Emitter,
  ): boolean {
    let isTaken = false;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as WindowRow;
      const start = Math.floor(time / row.size) * row.size;
      if (start + row.size + this.#triggers.latency <= state.watermark) continue;
      const window = openWindow((state.rows[i] as RowWindows).windows, start);
      accumulate(window, row.aggregator, value, time);
      window.isChanged = true;
      isTaken = true;
      if (this.#triggers.earlyOnRecord) out.emit(record.derive(this.#output(state, row, window, 'early', assetId)));
    }
    return isTaken;
  }

  #output(state: PointWindows, row: WindowRow, window: OpenWindow, mode: CalMode, assetId: string): JsonObject {
    const value = resultOf(window, row.aggregator);
    const { pointId, modelId } = row.output;
    const fields: JsonObject = {};
    if (state.orgId !== undefined) fields.orgId = state.orgId;
    const model = modelId ?? state.modelId;
    if (model !== undefined) fields.modelId = model;
    const path = modelId === undefined ? state.modelIdPath : pathToModel(state.modelIdPath, modelId);
    if (path !== undefined) fields.modelIdPath = path;
    fields.assetId = assetId;
    fields.pointId = pointId;
    fields.time = window.start;
    fields.value = value;
    fields.quality = 0;
    fields.attr = {
      windowAggregator: {
        // JSON has no NaN: EnOS writes it as a text.
        lastOutput: window.lastOutput ?? 'NaN',
        calType: row.aggregator,
        calMode: mode,
        calDetail: detailOf(window, row.aggregator, window.lastSum, window.lastCount),
      },
    };
    window.lastOutput = value;
    window.lastSum = window.sum;
    window.lastCount = window.count;
    window.isChanged = false;
    return fields;
  }
}

/** For values that are no numbers: true where every row can take them. */
const acceptsAll = (rows: readonly WindowRow[], value: JsonValue): boolean =>
  (typeof value === 'string' || typeof value === 'boolean') && rows.every((row) => row.takesAnyValue);

const newState = (record: StreamRecord, time: number): PointWindows => ({
  watermark: time,
  orgId: record.get('orgId'),
  modelId: record.modelId,
  modelIdPath: record.modelIdPath,
  rows: [],
  alignedWith: undefined,
});

const takeModel = (state: PointWindows, record: StreamRecord): void => {
  state.orgId = record.get('orgId');
  state.modelId = record.modelId;
  state.modelIdPath = record.modelIdPath;
};

/**
 * Brings stored windows into the order of the rows; those of rows that are gone are forgotten. True where that is a
 * change of what is stored.
 */
const align = (state: PointWindows, rows: readonly WindowRow[]): boolean => {
  const before = state.rows;
  const stored = new Map(before.map((row) => [row.rowId, row]));
  state.rows = rows.map((row) => stored.get(row.id) ?? { rowId: row.id, windows: [] });
  state.alignedWith = rows;
  return before.length !== rows.length || rows.some((row, i) => row.id !== before[i]?.rowId);
};

/** The window that begins at `start`, opened where it is not yet. Windows are few and mostly the last is meant. */
const openWindow = (windows: OpenWindow[], start: number): OpenWindow => {
  let at = windows.length - 1;
  while (at >= 0 && (windows[at] as OpenWindow).start > start) at--;
  const found = windows[at];
  if (found !== undefined && found.start === start) return found;
  const window: OpenWindow = {
    ...emptyAccumulator(),
    start,
    lastOutput: undefined,
    lastSum: 0,
    lastCount: 0,
    isChanged: false,
    isOnTimeDone: false,
  };
  windows.splice(at + 1, 0, window);
  return window;
};
