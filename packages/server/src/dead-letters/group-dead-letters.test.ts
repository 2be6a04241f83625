import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetter } from './dead-letter.ts';
import { groupDeadLetters } from './group-dead-letters.ts';

const NOON = Date.UTC(2026, 4, 2, 12);
const HOUR = 3600_000;

const letter = (at: number, code = 'BAD', stage = 'S'): DeadLetter => ({
  partition: 0,
  offset: 0,
  at,
  pipelineId: 'p',
  runId: 'r',
  stage,
  code,
  message: '',
  source: { topic: 't', partition: 0, offset: 0, timestamp: 0 },
  key: null,
  value: null,
  headers: [],
});

test('letters are counted by stage, cause and day, and the oldest of each is known', async () => {
  const pages = [
    [letter(NOON), letter(NOON - HOUR), letter(NOON - 2 * HOUR, 'WORSE')],
    [letter(NOON - 13 * HOUR), letter(NOON - 14 * HOUR, 'BAD', 'T')],
  ];
  const result = await groupDeadLetters(async (from) => {
    const at = from?.get(0) ?? 0;
    const letters = pages[at] ?? [];
    return at + 1 < pages.length ? { letters, next: new Map([[0, at + 1]]) } : { letters };
  });
  assert.deepEqual([result.counted, result.isWhole], [5, true]);
  assert.deepEqual(
    result.groups.map(({ stage, code, day, count, oldestAt }) => [stage, code, day, count, (NOON - oldestAt) / HOUR]),
    [
      ['S', 'BAD', NOON - 12 * HOUR, 2, 1],
      ['S', 'WORSE', NOON - 12 * HOUR, 1, 2],
      ['S', 'BAD', NOON - 36 * HOUR, 1, 13],
      ['T', 'BAD', NOON - 36 * HOUR, 1, 14],
    ],
  );
});

test('no more are counted than a request may take, and the answer says so', async () => {
  let asked = 0;
  const result = await groupDeadLetters(async (_from, limit) => {
    asked += 1;
    return { letters: Array.from({ length: Math.min(limit, 3000) }, () => letter(NOON)), next: new Map([[0, asked]]) };
  });
  assert.deepEqual([result.counted, result.isWhole, asked], [10_000, false, 4]);
});

test('pages on which nothing matches come to an end', async () => {
  let asked = 0;
  const result = await groupDeadLetters(async () => {
    asked += 1;
    return { letters: [], next: new Map([[0, asked]]) };
  });
  assert.deepEqual([result.counted, result.isWhole, asked], [0, false, 50]);
});
