import {
  compileCondition,
  type DataReference,
  type Emitter,
  type KeyedState,
  type StreamRecord,
} from '@penstock/engine';
import { type Issue, isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { TString } from 'typebox';
import { textField } from './config/fields.ts';
import { expressionIssues } from './config/option-issue.ts';
import type { Addressing, OutputName, RowTable } from './points/addressing.ts';
import { hasKeyBy, isSelected } from './points/guards.ts';

/** What operators have in common that append an earlier record of the same asset and point to each record. */

export interface AppenderRow {
  readonly inputPoint: string;
  readonly conditions: string;
  readonly outputPoint: string;
}

/** Which records are kept, and what of them is appended. `K`: what is kept of a record. */
export interface AppendPolicy<K> {
  /** The entry of `attr`. */
  readonly attribute: string;
  /** Whether a record, for which its row's condition holds, takes the place of the one that is kept. */
  replaces(kept: K | undefined, record: StreamRecord): boolean;
  /** `text`: the record as JSON, as it leaves the stage. */
  keep(text: string, record: StreamRecord): K;
  /** JSON of the entry, by what was kept before the record and what is after it. */
  entryOf(before: K | undefined, after: K | undefined): string;
}

/**
 * What is kept for one asset and input point, by row, in the order in which it was put in. Records are kept as JSON
 * texts: what is appended to another record has the digits it had in its own.
 */
export type KeptRecords<K> = Map<string, K>;

/** State of an appender. `textOf`: the JSON of a kept record; `keptOf`: what is kept of a record, given that. */
export const keptRecords = <K>(textOf: (kept: K) => string, keptOf: (text: string) => K) => ({
  encode: (state: KeptRecords<K>): JsonValue =>
    Object.fromEntries([...state].map(([row, kept]) => [row, textOf(kept)])),
  decode: (stored: JsonValue): KeptRecords<K> => {
    if (!isJsonObject(stored)) throw new Error('The stored state has no records.');
    return new Map(
      Object.entries(stored).map(([row, record]) => {
        // The first versions stored objects.
        const text = isJsonObject(record) ? JSON.stringify(record) : record;
        if (typeof text !== 'string') throw new Error('The stored state has a record that is none.');
        return [row, keptOf(text)];
      }),
    );
  },
  /** The generic item of Get Stage State (contract A.3, type 1): the record last put in, by whichever row. */
  toItem: (state: KeptRecords<K>): JsonObject | undefined => {
    const last = [...state.values()].at(-1);
    return last === undefined ? undefined : (JSON.parse(textOf(last)) as JsonObject);
  },
});

/** Column "Conditions". `whichRecords`: what becomes of records for which it holds. */
export const conditionsColumn = (whichRecords: string): TString =>
  textField({
    title: 'Conditions',
    description: `${whichRecords}: \`*\` for every record, or an expression that is true for them, such as \`\${record:value('/quality') == 0}\`.`,
    default: '*',
    minLength: 1,
    maxLength: 4000,
    control: 'expression',
  });

export const checkAppenderRows = (of: Addressing, rows: readonly AppenderRow[]): Issue[] => [
  ...of.check(rows as readonly (AppenderRow & Record<string, unknown>)[], ['inputPoint', 'outputPoint']),
  ...rows.flatMap(({ conditions }, index) => {
    if (conditions === '*') return [];
    const compiled = compileCondition(conditions);
    return compiled.ok ? [] : expressionIssues(`/inputOutput/${index}/conditions`, compiled.issues);
  }),
];

interface CompiledRow {
  readonly id: string;
  readonly input: DataReference;
  readonly output: OutputName;
  /** Undefined: it holds for every record. */
  readonly condition: ((record: StreamRecord) => boolean) | undefined;
}

const compileRow = (of: Addressing, row: AppenderRow): CompiledRow => {
  const input = of.referenceOf(row.inputPoint);
  const compiled = row.conditions === '*' ? undefined : compileCondition(row.conditions);
  if (compiled?.ok === false) throw new Error(`The condition should not have passed validation: ${row.conditions}`);
  return {
    // What the row is for, so that what it keeps survives edits of other rows.
    id: `${row.inputPoint}>${row.outputPoint}>${row.conditions}`,
    input,
    output: of.outputOf(input, of.referenceOf(row.outputPoint)),
    condition: compiled?.holds,
  };
};

/** Appends to each record the one that its policy keeps, row by row. */
export class RecordAppender<K> {
  readonly #of: Addressing;
  readonly #table: RowTable<CompiledRow>;
  readonly #policy: AppendPolicy<K>;
  readonly #state: KeyedState<KeptRecords<K>>;

  constructor(
    of: Addressing,
    rows: readonly AppenderRow[],
    policy: AppendPolicy<K>,
    state: KeyedState<KeptRecords<K>>,
  ) {
    this.#of = of;
    this.#table = of.table(
      rows.map((row) => compileRow(of, row)),
      (row) => row.input,
    );
    this.#policy = policy;
    this.#state = state;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out) || !hasKeyBy(this.#of, record, out)) return;
    const { assetId } = record;
    const id = this.#of.idOf(record) ?? '';
    const kept: KeptRecords<K> = this.#state.get(assetId, id) ?? new Map();
    const isChanged =
      rows.length === 1
        ? this.#append(rows[0] as CompiledRow, record, holds(rows[0] as CompiledRow, record), kept, out)
        : this.#appendAll(rows, record, kept, out);
    if (isChanged) this.#state.put(assetId, id, kept);
  }

  /** Conditions see the record as it came, and all are decided before anything changes: an expression may fail. */
  #appendAll(rows: readonly CompiledRow[], record: StreamRecord, kept: KeptRecords<K>, out: Emitter): boolean {
    const held = rows.map((row) => holds(row, record));
    const copies = rows.map((_, i) => (i === rows.length - 1 ? record : record.copy()));
    let isChanged = false;
    rows.forEach((row, i) => {
      if (this.#append(row, copies[i] as StreamRecord, held[i] === true, kept, out)) isChanged = true;
    });
    return isChanged;
  }

  /** Emits the record with what is kept; true where it took its place. */
  #append(row: CompiledRow, record: StreamRecord, isHeld: boolean, kept: KeptRecords<K>, out: Emitter): boolean {
    const before = kept.get(row.id);
    const replaces = isHeld && this.#policy.replaces(before, record);
    this.#of.rename(record, row.output);
    let after = before;
    if (replaces) {
      after = this.#policy.keep(this.#snapshotOf(record), record);
      // The order of the entries tells which was put in last.
      kept.delete(row.id);
      kept.set(row.id, after);
    }
    record.setAttrJson(this.#policy.attribute, this.#policy.entryOf(before, after));
    out.emit(record);
    return replaces;
  }

  /** The record as it leaves, without what is appended to it: otherwise each would hold all before it. */
  #snapshotOf(record: StreamRecord): string {
    const { attribute } = this.#policy;
    if (record.getAttr(attribute) === undefined) return record.toJson();
    const snapshot = record.copy();
    snapshot.removeAttr(attribute);
    return snapshot.toJson();
  }
}

const holds = (row: CompiledRow, record: StreamRecord): boolean => row.condition === undefined || row.condition(record);
