import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MergedWalks } from './merge-walks.ts';
import type { SampledRecord } from './sampled-record.ts';
import type { Direction, Walk } from './walk-partition.ts';

const recordOf = (partition: number, offset: number, timestamp: number, kept = 1): SampledRecord => ({
  partition,
  offset,
  timestamp,
  key: { bytes: null, size: 0 },
  value: { bytes: null, size: 0 },
  headers: [],
  headerCount: 0,
  kept,
});

/** What a walk over a partition finds that goes on at `from`, and looks at so many records. */
const walkOver = (
  all: readonly SampledRecord[],
  partition: number,
  direction: Direction,
  from: number,
  most: number,
): Walk => {
  const left = all.filter(({ offset }) => (direction === 'older' ? offset < from : offset >= from));
  const records = (direction === 'older' ? [...left].reverse() : left).slice(0, most);
  const last = records.at(-1)?.offset;
  const isDone = records.length === left.length;
  const end = direction === 'older' ? 0 : all.length;
  return {
    partition,
    records,
    reached: isDone || last === undefined ? end : direction === 'older' ? last : last + 1,
    isDone,
  };
};

test('page by page every record comes once, and those of a partition in its order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(20), { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom<Direction>('older', 'newer'),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 8 }),
      (times, direction, limit, bytes) => {
        const partitions = times.map((each, partition) =>
          each.map((time, offset) => recordOf(partition, offset, time)),
        );
        let positions: ReadonlyMap<number, number> | undefined = new Map(
          partitions.map((all, partition) => [partition, direction === 'older' ? all.length : 0]),
        );
        const seen: SampledRecord[] = [];
        for (let pages = 0; positions !== undefined; pages++) {
          assert.ok(pages < 100, 'it comes to an end');
          const merged = new MergedWalks(direction, { records: limit, bytes });
          for (const [partition, from] of positions)
            merged.add(walkOver(partitions[partition] ?? [], partition, direction, from, limit));
          assert.ok(merged.records.length <= limit);
          seen.push(...merged.records);
          positions = merged.next();
        }
        for (const [partition, all] of partitions.entries()) {
          const own = seen.filter((record) => record.partition === partition).map(({ offset }) => offset);
          const expected = all.map(({ offset }) => offset);
          assert.deepEqual(own, direction === 'older' ? expected.reverse() : expected);
        }
      },
    ),
  );
});

test('over partitions the nearest come first, and what is too much for an answer is left for the next', () => {
  const merged = new MergedWalks('older', { records: 10, bytes: 5 });
  merged.add({ partition: 0, records: [recordOf(0, 7, 30), recordOf(0, 6, 10)], reached: 0, isDone: true });
  merged.add({ partition: 1, records: [recordOf(1, 3, 20, 3), recordOf(1, 2, 5)], reached: 2, isDone: false });
  assert.deepEqual(
    merged.records.map(({ partition, offset }) => `${partition}@${offset}`),
    ['0@7', '1@3', '0@6'],
  );
  assert.deepEqual(
    [...(merged.next() ?? [])],
    [
      [0, 0],
      [1, 3],
    ],
  );
});

test('a record that is larger than an answer may be comes alone', () => {
  const merged = new MergedWalks('newer', { records: 10, bytes: 5 });
  merged.add({ partition: 0, records: [recordOf(0, 0, 1, 99), recordOf(0, 1, 2)], reached: 2, isDone: true });
  assert.equal(merged.records.length, 1);
  assert.deepEqual([...(merged.next() ?? [])], [[0, 1]]);
});
