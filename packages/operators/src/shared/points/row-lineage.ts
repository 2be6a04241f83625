import type { PointReference } from '@penstock/engine';
import { pointReferenceOf } from './point-reference.ts';

/** Lineage of an Input/Output table whose rows each make one point of one other. */
export const rowLineage = (
  rows: readonly { readonly inputPoint: string; readonly outputPoint: string }[],
): { readonly inputs: readonly PointReference[]; readonly outputs: readonly PointReference[] } => ({
  inputs: rows.map((row) => pointReferenceOf(row.inputPoint)),
  outputs: rows.map((row) => pointReferenceOf(row.outputPoint)),
});
