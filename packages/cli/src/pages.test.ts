import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemsUpTo } from './pages.ts';

/** Pages as given; the cursor is the number of the next. */
const pages = (...given: number[][]) => {
  const asked: number[] = [];
  const pageOf = async ({ limit, cursor }: { limit: number; cursor?: string }) => {
    asked.push(limit);
    const index = Number(cursor ?? 0);
    return { items: given[index] ?? [], nextCursor: index + 1 < given.length ? String(index + 1) : null };
  };
  return { asked, pageOf };
};

test('short and empty pages are followed until there are enough items, or no more', async () => {
  assert.deepEqual(await itemsUpTo(10, pages([1], [], [2, 3]).pageOf), { items: [1, 2, 3], hasMore: false });
  const { asked, pageOf } = pages([1], [2], [3]);
  assert.deepEqual(await itemsUpTo(2, pageOf), { items: [1, 2], hasMore: true });
  assert.deepEqual(asked, [2, 1]);
});
