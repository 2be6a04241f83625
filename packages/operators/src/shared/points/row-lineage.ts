import type { DataReference } from '@penstock/engine';
import type { Addressing } from './addressing.ts';

/** Lineage of an Input/Output table whose rows each make one point, or measurement, of one other. */
export const rowLineage = (
  of: Addressing,
  rows: readonly { readonly inputPoint: string; readonly outputPoint: string }[],
): { readonly inputs: readonly DataReference[]; readonly outputs: readonly DataReference[] } => ({
  inputs: rows.map((row) => of.referenceOf(row.inputPoint)),
  outputs: rows.map((row) => of.referenceOf(row.outputPoint)),
});
