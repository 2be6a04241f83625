import {
  ASSET_AND_MEASUREMENT,
  type DataReference,
  type MeasurementReference,
  type StreamRecord,
} from '@penstock/engine';
import { optionIssue } from '../config/option-issue.ts';
import { type Addressing, idIn, type RowTable } from './addressing.ts';

/** What is wrong with the id of a measurement; undefined where nothing is. */
export const measurementProblem = (text: string): string | undefined => {
  if (text.trim() === '') return 'The id of a measurement is missing.';
  return text.includes('::')
    ? `"${text}" is a point of a model, and no measurement: records of this format are known by their "measurementId" alone. Write that id, such as power, or take the operator of the classic format.`
    : undefined;
};

/** For configurations that have been checked. */
export const measurementReferenceOf = (text: string): MeasurementReference => {
  const problem = measurementProblem(text);
  if (problem !== undefined) throw new Error(`The measurement should not have passed validation: ${problem}`);
  return { measurementId: text.trim() };
};

const NONE: readonly never[] = [];

/** Rows apply to records with their `measurementId`. */
export class MeasurementTable<R> implements RowTable<R> {
  readonly #rows = new Map<string, R[]>();

  constructor(rows: readonly R[], referenceOf: (row: R) => DataReference) {
    for (const row of rows) {
      const id = idIn(referenceOf(row));
      const known = this.#rows.get(id);
      if (known === undefined) this.#rows.set(id, [row]);
      else known.push(row);
    }
  }

  rowsFor(record: StreamRecord): readonly R[] {
    const { measurementId } = record;
    return measurementId === undefined ? NONE : (this.#rows.get(measurementId) ?? NONE);
  }
}

/** By `{measurementId}`: models do not matter, and stay as they are where a record has one. */
export const MEASUREMENTS: Addressing = {
  idField: 'measurementId',
  key: ASSET_AND_MEASUREMENT,
  idOf: (record) => record.measurementId,
  referenceOf: measurementReferenceOf,
  check: (rows, columns) =>
    rows.flatMap((row, index) =>
      columns.flatMap((column) => {
        const value = row[column];
        const problem = typeof value === 'string' && value !== '' ? measurementProblem(value) : undefined;
        return problem === undefined ? [] : [optionIssue(`/inputOutput/${index}/${column}`, problem)];
      }),
    ),
  table: (rows, referenceOf) => new MeasurementTable(rows, referenceOf),
  outputOf: (_input, output) => ({ id: idIn(output), modelId: undefined }),
  rename: (record, { id }) => {
    if (record.measurementId !== id) record.set('measurementId', id);
  },
  // It was found by that id.
  isOf: () => true,
  changedFields: (rows) => (rows.every((row) => row.inputPoint === row.outputPoint) ? [] : ['measurementId']),
};
