import type { DataReference, KeySpec, StreamRecord } from '@penstock/engine';
import type { Issue } from '@penstock/model';

/**
 * How the rows of a table name data, how records say what they are of, and how they are given another name: by model and
 * point (the classic format), or by measurement (that of library 0.4.0, contract E.5). Operators that exist in both
 * formats are defined once, by one of these.
 */
export interface Addressing {
  /** The field that names the data of an asset, in records and in keys of stores. */
  readonly idField: 'pointId' | 'measurementId';
  /** What brings the records of an asset and point, or measurement, together. */
  readonly key: KeySpec;
  /** Undefined where the record is not of this format. */
  idOf(record: StreamRecord): string | undefined;
  /** Of a column of a configuration that has been checked. */
  referenceOf(text: string): DataReference;
  /** Issues of columns of an Input/Output table that name data. Columns that are absent or empty are not looked at. */
  check(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]): Issue[];
  /** Which of these rows apply to a record. */
  table<R>(rows: readonly R[], referenceOf: (row: R) => DataReference): RowTable<R>;
  /** How the records of a row are renamed; made once per row. */
  outputOf(input: DataReference, output: DataReference): OutputName;
  /** Gives the record the name (contract E.0). */
  rename(record: StreamRecord, output: OutputName): void;
  /** Whether a kept record, found by its id, is of what a row names. */
  isOf(record: StreamRecord, reference: DataReference): boolean;
  /** Fields that a table of rows may change in a record. */
  changedFields(rows: readonly { readonly inputPoint: string; readonly outputPoint: string }[]): string[];
}

export interface RowTable<R> {
  /** In the order of the table; empty where none applies. The same list object for records that are alike. */
  rowsFor(record: StreamRecord): readonly R[];
}

/** What the records of a row are called when they go on. */
export interface OutputName {
  /** Of the point, or the measurement. */
  readonly id: string;
  /** Undefined where records keep their own model. */
  readonly modelId: string | undefined;
}

/** The id that a reference names: of the point, or of the measurement. */
export const idIn = (reference: DataReference): string =>
  'measurementId' in reference ? reference.measurementId : reference.pointId;
