import type { DataReference } from '@penstock/engine';
import type { Addressing, OutputName } from '../points/addressing.ts';
import { type Aggregator, takesAnyValue } from './accumulator.ts';

/** What a row of an Input/Output table says of its windows, whatever its columns are called. */
export interface WindowTerms {
  readonly inputPoint: string;
  readonly outputPoint: string;
  readonly aggregator: Aggregator;
  /** Length of a window, ms. */
  readonly size: number;
  /** From the start of one window to that of the next, ms: `size` where windows do not overlap. At most `size`. */
  readonly step: number;
}

/**
 * Identifies a row by what it computes, so that its open windows survive edits of other rows. `repetition`: counts rows
 * that compute the same, from 0.
 */
export const rowId = ({ inputPoint, outputPoint, aggregator, size, step }: WindowTerms, repetition: number): string =>
  JSON.stringify([inputPoint, outputPoint, aggregator, size, repetition, ...(step === size ? [] : [step])]);

/** What a row computes, of its id. */
export const readRowId = (id: string): Pick<WindowTerms, 'outputPoint' | 'aggregator' | 'size'> => {
  const [, outputPoint, aggregator, size] = JSON.parse(id) as [string, string, Aggregator, number];
  return { outputPoint, aggregator, size };
};

/** A row of the Input/Output table, compiled. */
export interface WindowRow {
  /** Place in the table. */
  readonly index: number;
  readonly id: string;
  readonly input: DataReference;
  readonly output: OutputName;
  /** ms */
  readonly size: number;
  /** ms */
  readonly step: number;
  readonly aggregator: Aggregator;
  readonly takesAnyValue: boolean;
}

/** `keepsTypes`: whether aggregators that can work with texts and booleans get them. */
export const compileWindowRows = (of: Addressing, rows: readonly WindowTerms[], keepsTypes: boolean): WindowRow[] => {
  const seen = new Map<string, number>();
  return rows.map((row, index) => {
    const input = of.referenceOf(row.inputPoint);
    const { size, step, aggregator } = row;
    const computed = rowId(row, 0);
    const repetition = seen.get(computed) ?? 0;
    seen.set(computed, repetition + 1);
    return {
      index,
      id: rowId(row, repetition),
      input,
      output: of.outputOf(input, of.referenceOf(row.outputPoint)),
      size,
      step,
      aggregator,
      takesAnyValue: keepsTypes && takesAnyValue(aggregator),
    };
  });
};
