import {
  compileExpression,
  type Emitter,
  type KeyedState,
  type PointReference,
  type StreamRecord,
} from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { applyOutputPoint, type OutputPoint, outputPointOf } from '../points/output-point.ts';
import { pointReferenceOf } from '../points/point-reference.ts';
import { PointTable } from '../points/point-table.ts';
import { NOT_SELECTED } from '../points/process-rows.ts';
import { reportMissingKey } from '../points/record-errors.ts';
import { cloneObject } from './clone-json.ts';

/** The last record of each row, as it left the stage, for one asset and input point. */
export type LastRecords = Map<string, JsonObject>;

export const encodeLastRecords = (state: LastRecords): JsonValue => Object.fromEntries(state);

export const decodeLastRecords = (stored: JsonValue): LastRecords => {
  if (!isJsonObject(stored)) throw new Error('The stored state has no last records.');
  const state: LastRecords = new Map();
  for (const [row, record] of Object.entries(stored)) {
    if (!isJsonObject(record)) throw new Error('The stored state has a last record that is none.');
    state.set(row, record);
  }
  return state;
};

/** The generic item of Get Stage State (contract A.3, type 1): the record last put in, by whichever row. */
export const lastRecordItem = (state: LastRecords): JsonObject | undefined => [...state.values()].at(-1);

export interface AppenderRow {
  readonly inputPoint: string;
  readonly conditions: string;
  readonly outputPoint: string;
}

interface CompiledRow {
  readonly id: string;
  readonly input: PointReference;
  readonly output: OutputPoint;
  /** Undefined: every record becomes the last one. */
  readonly condition: ((record: StreamRecord) => JsonValue) | undefined;
}

const compileRow = (row: AppenderRow): CompiledRow => {
  const input = pointReferenceOf(row.inputPoint);
  const compiled = row.conditions === '*' ? undefined : compileExpression(row.conditions);
  if (compiled?.ok === false) throw new Error(`The condition should not have passed validation: ${row.conditions}`);
  return {
    // What the row is for, so that what it keeps survives edits of other rows.
    id: `${row.inputPoint}>${row.outputPoint}>${row.conditions}`,
    input,
    output: outputPointOf(input, pointReferenceOf(row.outputPoint)),
    condition: compiled?.evaluate,
  };
};

export class LastRecordAppender {
  readonly #table: PointTable<CompiledRow>;
  readonly #state: KeyedState<LastRecords>;

  constructor(rows: readonly AppenderRow[], state: KeyedState<LastRecords>) {
    this.#table = new PointTable(rows.map(compileRow), (row) => row.input);
    this.#state = state;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (rows.length === 0) {
      out.drop(record, NOT_SELECTED);
      return;
    }
    const { assetId, pointId } = record;
    if (assetId === undefined || pointId === undefined) {
      reportMissingKey(record, out);
      return;
    }
    // Conditions see the record as it came, and all are decided before anything changes: an expression may fail.
    const becomesLast = rows.map(({ condition }) => condition === undefined || condition(record) === true);
    const kept: LastRecords = this.#state.get(assetId, pointId) ?? new Map();
    const copies = rows.map((_, i) => (i === rows.length - 1 ? record : record.copy()));
    let isChanged = false;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as CompiledRow;
      const emitted = copies[i] as StreamRecord;
      const last = kept.get(row.id);
      applyOutputPoint(emitted, row.output);
      const isReplaced = becomesLast[i] === true;
      if (isReplaced) {
        kept.delete(row.id);
        kept.set(row.id, snapshotOf(emitted));
        isChanged = true;
      }
      // What is replaced is ours to give away; what stays is copied, since later stages may change what they get.
      emitted.setAttr(ATTRIBUTE, last === undefined ? {} : { lastRecord: isReplaced ? last : cloneObject(last) });
      out.emit(emitted);
    }
    if (isChanged) this.#state.put(assetId, pointId, kept);
  }
}

const ATTRIBUTE = 'lastRecordAppender';

/** The record as it leaves, without its own last record: otherwise each would hold all before it. */
const snapshotOf = (record: StreamRecord): JsonObject => {
  const snapshot = cloneObject(record.fields);
  if (isJsonObject(snapshot.attr)) delete snapshot.attr[ATTRIBUTE];
  return snapshot;
};
