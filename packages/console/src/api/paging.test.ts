import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, listed, PAGED } from './paging.ts';

/** A list of numbers by twos; its cursors say where they begin. */
const numbers = (count: number, asked: (string | undefined)[]) => async (query: { readonly cursor?: string }) => {
  asked.push(query.cursor);
  const from = Number(query.cursor ?? 0);
  const items = [from, from + 1].filter((each) => each < count);
  return { items, nextCursor: from + 2 < count ? String(from + 2) : null };
};

test('all pages of a list are read, one after the other', async () => {
  const asked: (string | undefined)[] = [];
  assert.deepEqual(await listed(numbers(5, asked)), { items: [0, 1, 2, 3, 4], isWhole: true });
  assert.deepEqual(asked, [undefined, '2', '4']);
});

test('a list that is longer than wanted says that it is not whole', async () => {
  const asked: (string | undefined)[] = [];
  assert.deepEqual(await listed(numbers(9, asked), 3), { items: [0, 1, 2, 3], isWhole: false });
  assert.deepEqual(await listed(numbers(4, []), 4), { items: [0, 1, 2, 3], isWhole: true });
  assert.equal(asked.length, 2);
});

test('a page behind another is asked for by its cursor, and the last has none behind it', () => {
  assert.deepEqual([after(PAGED.initialPageParam), after('x')], [{}, { cursor: 'x' }]);
  assert.deepEqual(
    [PAGED.getNextPageParam({ nextCursor: 'x' }), PAGED.getNextPageParam({ nextCursor: null })],
    ['x', undefined],
  );
});
