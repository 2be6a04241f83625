import {
  compileCondition,
  type Emitter,
  type KeyedState,
  type PointReference,
  type StreamRecord,
} from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { hasKey, isSelected } from '../../shared/points/guards.ts';
import { applyOutputPoint, type OutputPoint, outputPointOf } from '../../shared/points/output-point.ts';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';

/**
 * The last record of each row, as it left the stage, for one asset and input point. As JSON texts: what is appended to
 * another record has the digits it had in its own.
 */
export type LastRecords = Map<string, string>;

export const encodeLastRecords = (state: LastRecords): JsonValue => Object.fromEntries(state);

export const decodeLastRecords = (stored: JsonValue): LastRecords => {
  if (!isJsonObject(stored)) throw new Error('The stored state has no last records.');
  const state: LastRecords = new Map();
  for (const [row, record] of Object.entries(stored)) {
    // The first versions stored objects.
    if (typeof record === 'string') state.set(row, record);
    else if (isJsonObject(record)) state.set(row, JSON.stringify(record));
    else throw new Error('The stored state has a last record that is none.');
  }
  return state;
};

/** The generic item of Get Stage State (contract A.3, type 1): the record last put in, by whichever row. */
export const lastRecordItem = (state: LastRecords): JsonObject | undefined => {
  const last = [...state.values()].at(-1);
  return last === undefined ? undefined : (JSON.parse(last) as JsonObject);
};

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
  readonly condition: ((record: StreamRecord) => boolean) | undefined;
}

const compileRow = (row: AppenderRow): CompiledRow => {
  const input = pointReferenceOf(row.inputPoint);
  const compiled = row.conditions === '*' ? undefined : compileCondition(row.conditions);
  if (compiled?.ok === false) throw new Error(`The condition should not have passed validation: ${row.conditions}`);
  return {
    // What the row is for, so that what it keeps survives edits of other rows.
    id: `${row.inputPoint}>${row.outputPoint}>${row.conditions}`,
    input,
    output: outputPointOf(input, pointReferenceOf(row.outputPoint)),
    condition: compiled?.holds,
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
    if (!isSelected(rows, record, out) || !hasKey(record, out)) return;
    const { assetId, pointId } = record;
    const kept: LastRecords = this.#state.get(assetId, pointId) ?? new Map();
    const isChanged =
      rows.length === 1 ? append(rows[0] as CompiledRow, record, kept, out) : appendAll(rows, record, kept, out);
    if (isChanged) this.#state.put(assetId, pointId, kept);
  }
}

const isLast = (row: CompiledRow, record: StreamRecord): boolean =>
  row.condition === undefined || row.condition(record);

const append = (row: CompiledRow, record: StreamRecord, kept: LastRecords, out: Emitter): boolean =>
  appendAs(row, record, isLast(row, record), kept, out);

/** Conditions see the record as it came, and all are decided before anything changes: an expression may fail. */
const appendAll = (rows: readonly CompiledRow[], record: StreamRecord, kept: LastRecords, out: Emitter): boolean => {
  const becomesLast = rows.map((row) => isLast(row, record));
  const copies = rows.map((_, i) => (i === rows.length - 1 ? record : record.copy()));
  let isChanged = false;
  rows.forEach((row, i) => {
    if (appendAs(row, copies[i] as StreamRecord, becomesLast[i] === true, kept, out)) isChanged = true;
  });
  return isChanged;
};

/** Emits the record with the last one appended; true where it became the last one itself. */
const appendAs = (
  row: CompiledRow,
  record: StreamRecord,
  becomesLast: boolean,
  kept: LastRecords,
  out: Emitter,
): boolean => {
  const last = kept.get(row.id);
  applyOutputPoint(record, row.output);
  if (becomesLast) {
    // The order of the entries tells which was put in last.
    kept.delete(row.id);
    kept.set(row.id, snapshotOf(record));
  }
  record.setAttrJson(ATTRIBUTE, last === undefined ? '{}' : `{"lastRecord":${last}}`);
  out.emit(record);
  return becomesLast;
};

const ATTRIBUTE = 'lastRecordAppender';

/** The record as it leaves, without its own last record: otherwise each would hold all before it. */
const snapshotOf = (record: StreamRecord): string => {
  if (record.getAttr(ATTRIBUTE) === undefined) return record.toJson();
  const snapshot = record.copy();
  snapshot.removeAttr(ATTRIBUTE);
  return snapshot.toJson();
};
