import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgeSample, KEPT_MS, keyOf, remember, trace } from './commit-ages.ts';

const task = (partition: number, lastCommitAgeMs: number | null) => ({
  part: 0,
  topic: 't',
  partition,
  lastCommitAgeMs,
});
const key = keyOf(task(1, 0));

test('ages are remembered for a while, and not more often than they are drawn', () => {
  let samples: readonly AgeSample[] = [];
  for (let at = 0; at <= 2 * KEPT_MS; at += 1000) samples = remember(samples, at, [task(1, at), task(2, null)]);
  assert.equal(samples.length, KEPT_MS / 5000);
  assert.equal(samples.at(-1)?.ages.get(key), 2 * KEPT_MS);
  assert.deepEqual([...(samples[0]?.ages.keys() ?? [])], [key], 'what has not committed has no age');
});

test('a line goes from left to right, up to what is oldest, and breaks where the page was not told', () => {
  const samples = [0, 5000, 60_000, 65_000].map((at) => ({ at, ages: new Map([[key, at === 60_000 ? 30_000 : 0]]) }));
  assert.deepEqual(trace(samples, key, 15_000), {
    maxMs: 30_000,
    lines: [
      [
        [0, 0],
        [5 / 65, 0],
      ],
      [
        [60 / 65, 1],
        [1, 0],
      ],
    ],
  });
  assert.deepEqual(trace(samples, 'other', 15_000), { maxMs: 0, lines: [] });
});

test('small ages look small', () => {
  const [line] = trace([{ at: 0, ages: new Map([[key, 3000]]) }], key, 15_000).lines;
  assert.deepEqual(line, [[0, 0.2]]);
});
