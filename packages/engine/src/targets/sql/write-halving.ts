import type { SqlRefusal } from '../../ports.ts';

export interface RefusedRow<R> {
  readonly row: R;
  readonly refusal: SqlRefusal;
}

/**
 * Writes rows, in order, and finds out which of them are refused: a batch that is refused is tried again in halves,
 * down to single rows. `insert` writes all of what it is given, or nothing and answers why; what it throws ends it.
 */
export const writeHalving = async <R>(
  rows: readonly R[],
  insert: (rows: readonly R[]) => Promise<SqlRefusal | undefined>,
): Promise<RefusedRow<R>[]> => {
  const [first] = rows;
  if (first === undefined) return [];
  const refusal = await insert(rows);
  if (refusal === undefined) return [];
  if (rows.length === 1) return [{ row: first, refusal }];
  const middle = rows.length >> 1;
  const before = await writeHalving(rows.slice(0, middle), insert);
  return [...before, ...(await writeHalving(rows.slice(middle), insert))];
};

/**
 * Rows in rounds: no two of a round have the same key, and of one key they come in order. A statement that updates on
 * conflict must not come upon a row twice.
 */
export const roundsOf = <R>(rows: readonly R[], keyOf: (row: R) => string): R[][] => {
  const seen = new Map<string, number>();
  const rounds: R[][] = [];
  for (const row of rows) {
    const key = keyOf(row);
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    const others = rounds[round];
    if (others === undefined) rounds.push([row]);
    else others.push(row);
  }
  return rounds;
};
