import type { Emitter, StreamRecord } from '@penstock/engine';
import { isSelected } from './guards.ts';

/**
 * Runs `apply` for each row that applies to a record, on a copy for all but the last row. Where no row applies the
 * record is dropped: an operator passes on only what it handled (contract E.0).
 */
export const forEachRow = <R>(
  rows: readonly R[],
  record: StreamRecord,
  out: Emitter,
  apply: (row: R, record: StreamRecord, out: Emitter) => void,
): void => {
  if (!isSelected(rows, record, out)) return;
  const last = rows.length - 1;
  // The copies are made first, since `apply` changes the record it is given.
  if (last > 0) for (const copy of copiesFor(rows, record)) apply(copy.row, copy.record, out);
  apply(rows[last] as R, record, out);
};

const copiesFor = <R>(rows: readonly R[], record: StreamRecord): { row: R; record: StreamRecord }[] =>
  rows.slice(0, -1).map((row) => ({ row, record: record.copy() }));
