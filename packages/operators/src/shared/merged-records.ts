import type { DataReference } from '@penstock/engine';
import type { Addressing } from './points/addressing.ts';

/** What operators have in common that make one record of several. */

/** Characters that the records in one record may have together, in UTF-16 units: no target takes a larger one. */
export const MAX_MERGED = 16 * 1024 * 1024;

export const MERGED_TOO_LARGE = 'MERGED_RECORDS_TOO_LARGE';

/** JSON texts of records as one list, with the digits they have; or why they are too many. `of`: whose they are. */
export const listOfRecords = (
  texts: readonly string[],
  of: string,
): { readonly list: string } | { readonly problem: string } => {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return length > MAX_MERGED
    ? {
        problem: `The ${texts.length} records of ${of} have ${length} characters together, and one record takes ${MAX_MERGED}.`,
      }
    : { list: `[${texts.join(',')}]` };
};

/** Each output is made of all inputs: lists of the same length would say that they belong together one by one. */
export const mergedLineage = (
  of: Addressing,
  inputRows: readonly { readonly inputPoint: string }[],
  outputRows: readonly { readonly outputPoint: string }[],
): { readonly inputs: readonly DataReference[]; readonly outputs: readonly DataReference[] } => {
  const inputs = inputRows.map(({ inputPoint }): DataReference => of.referenceOf(inputPoint));
  const outputs = outputRows.map(({ outputPoint }): DataReference => of.referenceOf(outputPoint));
  return { inputs: inputs.length === outputs.length ? [...inputs, ...inputs.slice(0, 1)] : inputs, outputs };
};
