/** Items per page that is asked for: the most the service gives. */
export const PAGE_SIZE = 200;

interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

export interface PageQuery {
  limit: number;
  cursor?: string;
}

/** All items of a list, page by page. */
export const allItems = async <Item>(pageOf: (query: PageQuery) => Promise<Page<Item>>): Promise<Item[]> => {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await pageOf({ limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
};

/**
 * The first items of a list, over as many pages as it takes: pages may be short, even empty, where the service looks for
 * few among many. `hasMore`: there is at least one more, or there may be.
 */
export const itemsUpTo = async <Item>(
  limit: number,
  pageOf: (query: PageQuery) => Promise<Page<Item>>,
): Promise<{ items: Item[]; hasMore: boolean }> => {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const wanted = Math.min(PAGE_SIZE, limit - items.length);
    const page: Page<Item> = await pageOf({ limit: wanted, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return { items, hasMore: cursor !== null };
};
