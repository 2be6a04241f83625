import { ApiError } from './error-handler.ts';

/** Cursors are opaque to callers: what they hold may change between versions. */
export const encodeCursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Errors: `CURSOR_INVALID` (400). `parse` returns undefined for what is not a cursor of this list. */
export const decodeCursor = <T>(
  cursor: string | undefined,
  parse: (value: unknown) => T | undefined,
): T | undefined => {
  if (cursor === undefined) return undefined;
  try {
    const value = parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (value !== undefined) return value;
  } catch {
    // Not even JSON: answered as any other text that is no cursor.
  }
  throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one that this list has given out.');
};

/** For lists that are paged by position. */
export const offsetCursor = (cursor: string | undefined): number =>
  decodeCursor(cursor, (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) < 1e9 ? Number(value) : undefined,
  ) ?? 0;

/** A page of a list that is in memory as a whole. */
export const pageOfArray = <T>(
  all: readonly T[],
  query: { readonly limit: number; readonly cursor?: string | undefined },
): { items: T[]; nextCursor: string | null; total: number } => {
  const from = offsetCursor(query.cursor);
  const items = all.slice(from, from + query.limit);
  const next = from + items.length;
  return { items, nextCursor: next < all.length ? encodeCursor(next) : null, total: all.length };
};
