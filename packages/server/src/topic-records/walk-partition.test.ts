import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartitionFeed, PartitionFeeds, SourceBatch } from '@penstock/kafka';
import { AppError } from '@penstock/model';
import { type Direction, type Range, type WalkLimits, walkPartition } from './walk-partition.ts';

/** Times of records by offset; what has none is a mark, or was compacted away. */
type Log = readonly (number | undefined)[];

const batchOf = (log: Log, from: number, size: number): SourceBatch => {
  const end = Math.min(log.length, from + size);
  const offsets = Array.from({ length: end - from }, (_, n) => from + n).filter((offset) => log[offset] !== undefined);
  const bytes = Buffer.from(offsets.map((offset) => `${offset % 10}`).join('') + '\0');
  const { length } = offsets;
  const columns = (of: (index: number) => number) => Int32Array.from({ length }, (_, index) => of(index));
  return {
    topic: 't',
    partition: 0,
    count: length,
    bytes,
    offsets: Float64Array.from(offsets),
    timestamps: Float64Array.from(offsets, (offset) => log[offset] ?? 0),
    keyStart: columns(() => -1),
    keyEnd: columns(() => -1),
    valueStart: columns((index) => index),
    valueEnd: columns((index) => index + 1),
    headersStart: columns(() => length),
    headersEnd: columns(() => length + 1),
    nextOffset: end,
  };
};

/** Feeds over a log, three offsets a batch. `start`: what lies before was deleted. `gap`: nothing comes from there on. */
const feedsOver = (log: Log, { start = 0, gap = log.length, onBatch = () => {} } = {}) => {
  const opened: number[] = [];
  let open = 0;
  const feeds: PartitionFeeds = {
    open: (topic, partition, offset) => {
      opened.push(offset);
      open += 1;
      let at = offset;
      const feed = {
        topic,
        partition,
        endOffset: log.length,
        emptyAnswers: 0,
        next: async () => {
          if (at < start)
            throw new AppError('KAFKA_OFFSET_OUT_OF_RANGE', 'gone', {
              domain: 'external',
              params: { logStartOffset: start },
            });
          if (at >= gap) {
            feed.emptyAnswers += 1;
            return undefined;
          }
          onBatch();
          const batch = batchOf(log, at, 3);
          at = batch.nextOffset;
          return batch;
        },
        close: () => {
          open -= 1;
        },
      };
      return feed as unknown as PartitionFeed;
    },
    close: async () => undefined,
  };
  return { feeds, opened, left: () => open };
};

const GENEROUS: WalkLimits = { records: 100, bytes: 1e6, readBytes: 1e6 };

const walk = async (
  world: ReturnType<typeof feedsOver>,
  direction: Direction,
  range: Omit<Range, 'partition'>,
  options: { readonly limits?: Partial<WalkLimits>; readonly since?: number; readonly signal?: AbortSignal } = {},
) => {
  const { signal = new AbortController().signal, since } = options;
  const limits = { ...GENEROUS, ...options.limits };
  const found = await walkPartition(world.feeds, 't', { partition: 0, ...range }, { direction, limits, since, signal });
  assert.equal(world.left(), 0, 'every feed is closed');
  return [found.records.map(({ offset }) => offset), found.reached, found.isDone] as const;
};

const steady = (count: number): Log => Array.from({ length: count }, (_, n) => n);

test('going on, records come from a place to the end or as many as asked for', async () => {
  assert.deepEqual(await walk(feedsOver(steady(8)), 'newer', { from: 2, until: 7 }), [[2, 3, 4, 5, 6], 7, true]);
  assert.deepEqual(await walk(feedsOver(steady(8)), 'newer', { from: 2, until: 7 }, { limits: { records: 2 } }), [
    [2, 3],
    4,
    false,
  ]);
  // A mark of a transaction is late, and what was written before it follows: that is not asked for.
  const late: Log = [1, 2, undefined, 3, 9, 4, 8];
  assert.deepEqual(await walk(feedsOver(late), 'newer', { from: 2, until: 7 }, { since: 8 }), [[4, 6], 7, true]);
});

test('going back, the newest come first, over gaps, as far as asked for', async () => {
  assert.deepEqual(await walk(feedsOver(steady(20)), 'older', { from: 0, until: 15 }, { limits: { records: 3 } }), [
    [14, 13, 12],
    12,
    false,
  ]);
  const sparse: Log = Array.from({ length: 60 }, (_, n) => (n === 3 || n === 50 ? n : undefined));
  assert.deepEqual(await walk(feedsOver(sparse), 'older', { from: 0, until: 60 }), [[50, 3], 0, true]);
});

test('windows grow while little is found, and what is too much is left for the next page', async () => {
  const world = feedsOver(steady(1000));
  const [offsets, reached] = await walk(world, 'older', { from: 0, until: 1000 }, { limits: { records: 100 } });
  assert.deepEqual([offsets.length, offsets[0], reached, world.opened], [100, 999, 900, [992, 960, 832]]);
  assert.deepEqual(await walk(feedsOver(steady(20)), 'older', { from: 0, until: 20 }, { limits: { bytes: 2 } }), [
    [19, 18],
    18,
    false,
  ]);
});

test('a gap up to the end is an end, and what retention takes meanwhile is passed over', async () => {
  assert.deepEqual(await walk(feedsOver(steady(8), { gap: 5 }), 'newer', { from: 4, until: 8 }), [[4, 5, 6], 8, true]);
  assert.deepEqual(await walk(feedsOver(steady(9), { gap: 0 }), 'older', { from: 0, until: 9 }), [[], 0, true]);
  assert.deepEqual(await walk(feedsOver(steady(8), { start: 5 }), 'newer', { from: 0, until: 8 }), [
    [5, 6, 7],
    8,
    true,
  ]);
  assert.deepEqual(await walk(feedsOver(steady(8), { start: 6 }), 'older', { from: 0, until: 8 }), [[7, 6], 0, true]);
});

test('whoever has no more time gets what was seen to be the nearest', async () => {
  const stopping = new AbortController();
  let batches = 0;
  const onBatch = (): void => {
    batches += 1;
    if (batches === 4) stopping.abort();
  };
  const { signal } = stopping;
  // The first window is eight offsets, three batches; the next one is left in the middle.
  assert.deepEqual(await walk(feedsOver(steady(100), { onBatch }), 'older', { from: 0, until: 100 }, { signal }), [
    [99, 98, 97, 96, 95, 94, 93, 92],
    92,
    false,
  ]);
  assert.deepEqual(await walk(feedsOver(steady(9)), 'newer', { from: 0, until: 9 }, { signal }), [[], 0, false]);
  assert.deepEqual(await walk(feedsOver(steady(9)), 'newer', { from: 0, until: 9 }, { limits: { readBytes: 4 } }), [
    [0, 1, 2],
    3,
    false,
  ]);
});
