/** What the service gives of a list at a time. */
interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** For `infiniteQueryOptions`: a list goes on where its cursor says; the first page has the empty one. */
export const PAGED = {
  initialPageParam: '',
  getNextPageParam: ({ nextCursor }: { readonly nextCursor: string | null }): string | undefined =>
    nextCursor ?? undefined,
};

/** A cursor as a parameter of a list. */
export const after = (cursor: string): { readonly cursor?: string } => (cursor === '' ? {} : { cursor });

/** So many are asked for at once where all of them are wanted. */
export const WHOLE_PAGE = 200;

/** All pages of a list, until there are `most`. */
export const listed = async <T>(
  read: (cursor: { readonly cursor?: string }) => Promise<Page<T>>,
  most = Number.POSITIVE_INFINITY,
): Promise<{ readonly items: readonly T[]; readonly isWhole: boolean }> => {
  const items: T[] = [];
  let cursor: string | null = '';
  while (cursor !== null && items.length < most) {
    const page: Page<T> = await read(after(cursor));
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return { items, isWhole: cursor === null };
};
