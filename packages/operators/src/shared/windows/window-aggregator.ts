import {
  type Emitter,
  type EventTime,
  isHeld,
  type KeyedState,
  KeyWatermark,
  latenessBound,
  StreamRecord,
} from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import type { Addressing, RowTable } from '../points/addressing.ts';
import { hasKeyBy, hasTime, hasValue, isSelected, reportNotNumeric } from '../points/guards.ts';
import { pathToModel } from '../points/output-point.ts';
import { accumulate, detailOf, emptyAccumulator, resultOf, sumOf } from './accumulator.ts';
import type { WindowRow } from './window-row.ts';
import { type OpenWindow, type PointWindows, type RecordFacts, type RowWindows, sameFacts } from './window-state.ts';

/** Why a result is put out (contract E.3, `calMode`). */
type CalMode = 'early' | 'onTime' | 'final';

export interface WindowTriggers {
  /** ms of event time */
  readonly latency: number;
  readonly onTime: boolean;
  readonly earlyOnRecord: boolean;
}

/** Nothing but the final results. */
export const FINAL_ONLY: WindowTriggers = { latency: 0, onTime: false, earlyOnRecord: false };

/**
 * Windows per asset and point: one after the other, or overlapping where a row's step is less than its size. The
 * watermark is that of this asset and point alone, so what comes out is a function of its records in their order:
 * neither other assets nor partitions nor crashes matter. Early output by the clock is the exception.
 */
export class WindowAggregator {
  readonly #of: Addressing;
  readonly #rows: readonly WindowRow[];
  readonly #rowsById: ReadonlyMap<string, WindowRow>;
  readonly #table: RowTable<WindowRow>;
  readonly #triggers: WindowTriggers;
  readonly #state: KeyedState<PointWindows>;
  readonly #eventTime: EventTime;
  #lastFacts: RecordFacts | undefined;

  constructor(
    of: Addressing,
    rows: readonly WindowRow[],
    triggers: WindowTriggers,
    state: KeyedState<PointWindows>,
    eventTime: EventTime,
  ) {
    this.#of = of;
    this.#rows = rows;
    this.#rowsById = new Map(rows.map((row) => [row.id, row]));
    this.#table = of.table(rows, (row) => row.input);
    this.#triggers = triggers;
    this.#state = state;
    this.#eventTime = eventTime;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out)) return;
    const value = record.get('value');
    if (!hasValue(value, record, out)) return;
    if (!Number.isFinite(value) && !acceptsAll(rows, value)) {
      reportNotNumeric(record, out);
      return;
    }
    if (!hasKeyBy(this.#of, record, out) || !hasTime(record, this.#eventTime, out)) return;
    const { assetId, time } = record;
    const id = this.#of.idOf(record) ?? '';

    const state = this.#state.get(assetId, id) ?? this.#newState(record);
    let isChanged = this.#match(state, rows, record);
    const { mark } = state;
    const isNewest = time > mark.newest;
    if (this.#eventTime.advance(mark, record, time)) this.#advance(state, record, assetId, out);
    if (isNewest) this.#takeFacts(state, record);
    const isTaken = this.#add(state, rows, value, time, record, assetId, out);
    // A late record leaves the windows as they were: whatever moves the watermark is not late.
    isChanged ||= isTaken || this.#eventTime.hasFlows;
    if (isChanged) this.#state.put(assetId, id, state);
    if (!isTaken) out.drop(record, 'late');
  }

  /** Finishes what waited for partitions that are slower, as far as that is certain by now. */
  progress(out: Emitter): void {
    this.#state.forEach((state, assetId, id) => {
      if (!isHeld(state.mark) || !this.#eventTime.release(state.mark)) return;
      this.#align(state);
      this.#advance(state, undefined, assetId, out);
      this.#state.put(assetId, id, state);
    });
  }

  /** Early output: for every window that changed since its last. */
  putEarly(out: Emitter): void {
    this.#state.forEach((state, assetId, id) => {
      let isChanged = this.#align(state);
      for (const of of state.rows)
        for (const window of of.windows)
          if (window.isChanged) {
            this.#put(of, window, 'early', undefined, assetId, out);
            isChanged = true;
          }
      if (isChanged) this.#state.put(assetId, id, state);
    });
  }

  /** Puts out what the watermark has passed, oldest window first, and forgets windows that take no more records. */
  #advance(state: PointWindows, record: StreamRecord | undefined, assetId: string, out: Emitter): void {
    const { latency, onTime } = this.#triggers;
    // A result that is not the last one need not wait for flows that have not carried the key so far.
    const { watermark, carried } = state.mark;
    for (let i = 0; i < state.rows.length; i++) {
      const of = state.rows[i] as RowWindows;
      const { size } = of.row as WindowRow;
      const { windows } = of;
      let closed = 0;
      for (const window of windows) {
        const end = window.start + size;
        if (end > carried) break;
        if (end + latency <= watermark) {
          this.#put(of, window, 'final', record, assetId, out);
          closed++;
        } else if (onTime && !window.isOnTimeDone && end + latency > carried) {
          window.isOnTimeDone = true;
          this.#put(of, window, 'onTime', record, assetId, out);
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
    const bound = latenessBound(state.mark);
    let isTaken = false;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as WindowRow;
      const of = state.matched[i] as RowWindows;
      const { size, step } = row;
      const { windows } = of;
      let at = windows.length - 1;
      // From the newest of the windows that hold the record to the oldest, which has the earliest end.
      for (let start = Math.floor(time / step) * step; start > time - size; start -= step) {
        if (start + size + this.#triggers.latency <= bound) break;
        while (at >= 0 && (windows[at] as OpenWindow).start > start) at--;
        let window = windows[at];
        if (window === undefined || window.start !== start) {
          window = newWindow(start);
          windows.splice(at + 1, 0, window);
        }
        accumulate(window, row.aggregator, value, time);
        window.isChanged = true;
        isTaken = true;
        if (this.#triggers.earlyOnRecord) this.#put(of, window, 'early', record, assetId, out);
      }
    }
    return isTaken;
  }

  /** Puts out a window's result; one that no number can hold is an error, told once per window. */
  #put(
    of: RowWindows,
    window: OpenWindow,
    mode: CalMode,
    record: StreamRecord | undefined,
    assetId: string,
    out: Emitter,
  ): void {
    const row = of.row as WindowRow;
    const value = resultOf(window, row.aggregator);
    const fields = outputOf(of, window, mode, value ?? null, assetId, this.#of.idField);
    if (value === undefined) {
      window.isChanged = false;
      if (window.isOverflowTold) return;
      window.isOverflowTold = true;
      const message = `The ${row.aggregator} of the ${window.count} values from ${new Date(window.start).toISOString()} on is beyond what a number can hold.`;
      out.error(StreamRecord.from(fields), 'WINDOW_VALUE_OVERFLOW', message);
      return;
    }
    const output = record === undefined ? StreamRecord.from(fields) : record.derive(fields);
    output.isMerged = true;
    out.emit(output);
    window.lastOutput = value;
    window.lastSum = sumOf(window);
    window.lastCount = window.count;
    window.isChanged = false;
  }

  /** Finds the windows of the rows that apply to a record; true where that is a change of what is stored. */
  #match(state: PointWindows, rows: readonly WindowRow[], record: StreamRecord): boolean {
    const isAligned = this.#align(state);
    if (state.matchedBy === rows) return isAligned;
    let isAdded = false;
    const matched = rows.map((row) => {
      const known = state.rows.find((of) => of.row === row);
      if (known !== undefined) return known;
      isAdded = true;
      const added: RowWindows = { rowId: row.id, facts: this.#factsOf(record), windows: [], row };
      const at = state.rows.findIndex((of) => (of.row as WindowRow).index > row.index);
      state.rows.splice(at < 0 ? state.rows.length : at, 0, added);
      return added;
    });
    // Mostly one list is enough: keys are many, and each list is one more place in memory to go to.
    state.matched = matched.length === state.rows.length ? state.rows : matched;
    state.matchedBy = rows;
    state.areFactsTaken = false;
    return isAligned || isAdded;
  }

  /**
   * Brings stored windows together with the rows of the table; only those of rows that are gone from it are forgotten.
   * Records of one point can match different rows (models that inherit). True where that is a change of what is stored.
   */
  #align(state: PointWindows): boolean {
    if (state.alignedWith === this.#rows) return false;
    const before = state.rows;
    for (const of of before) of.row = this.#rowsById.get(of.rowId);
    state.rows = before
      .filter((of) => of.row !== undefined)
      .sort((a, b) => (a.row as WindowRow).index - (b.row as WindowRow).index);
    state.alignedWith = this.#rows;
    state.matchedBy = undefined;
    return before.length !== state.rows.length;
  }

  /** The windows of the rows that apply to the record go on under its model. */
  #takeFacts(state: PointWindows, record: StreamRecord): void {
    const isKnown = isOfModel(state.facts, record);
    if (isKnown && state.areFactsTaken) return;
    if (!isKnown) state.facts = this.#factsOf(record);
    for (const of of state.matched) if (!sameFacts(of.facts, state.facts)) of.facts = state.facts;
    state.areFactsTaken = true;
  }

  #newState(record: StreamRecord): PointWindows {
    return {
      mark: new KeyWatermark(),
      facts: this.#factsOf(record),
      rows: [],
      alignedWith: undefined,
      matchedBy: undefined,
      matched: [],
      areFactsTaken: false,
    };
  }

  /** Keys share what they have in common, so that comparing it need not reach into every key's own memory. */
  #factsOf(record: StreamRecord): RecordFacts {
    const facts = factsOf(record);
    if (this.#lastFacts === undefined || !sameFacts(this.#lastFacts, facts)) this.#lastFacts = facts;
    return this.#lastFacts;
  }
}

const factsOf = (record: StreamRecord): RecordFacts => ({
  orgId: record.get('orgId'),
  modelId: record.modelId,
  modelIdPath: record.modelIdPath,
});

const isOfModel = (facts: RecordFacts, record: StreamRecord): boolean =>
  facts.modelIdPath === record.modelIdPath && facts.modelId === record.modelId;

const outputOf = (
  of: RowWindows,
  window: OpenWindow,
  mode: CalMode,
  value: JsonValue,
  assetId: string,
  idField: Addressing['idField'],
): JsonObject => {
  const row = of.row as WindowRow;
  const { id, modelId } = row.output;
  const fields: JsonObject = {};
  if (of.facts.orgId !== undefined) fields.orgId = of.facts.orgId;
  const model = modelId ?? of.facts.modelId;
  if (model !== undefined) fields.modelId = model;
  const path = modelId === undefined ? of.facts.modelIdPath : pathToModel(of.facts.modelIdPath, modelId);
  if (path !== undefined) fields.modelIdPath = path;
  fields.assetId = assetId;
  fields[idField] = id;
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
  return fields;
};

/** For values that are no numbers: true where every row can take them. */
const acceptsAll = (rows: readonly WindowRow[], value: JsonValue): boolean =>
  (typeof value === 'string' || typeof value === 'boolean') && rows.every((row) => row.takesAnyValue);

const newWindow = (start: number): OpenWindow => ({
  ...emptyAccumulator(),
  start,
  lastOutput: undefined,
  lastSum: 0,
  lastCount: 0,
  isChanged: false,
  isOnTimeDone: false,
  isOverflowTold: false,
});
