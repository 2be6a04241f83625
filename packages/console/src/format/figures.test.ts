import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTranslate } from '../messages/translate.ts';
import { formatBytes, formatDuration, formatRate, formatTime } from './figures.ts';

const en = createTranslate('en');
const S = 1000;

test('a duration has its unit, and no more of it than says something', () => {
  assert.deepEqual(
    [0, 59 * S, 60 * S, 3599 * S, 3600 * S, 3660 * S, 86_400 * S, 90_000 * S, -5].map((ms) => formatDuration(en, ms)),
    ['0 s', '59 s', '1 min', '59 min', '1 h', '1 h 1 min', '1 d', '1 d 1 h', '0 s'],
  );
  assert.equal(formatDuration(createTranslate('zh'), 3660 * S), '1 小时 1 分钟');
});

test('a rate keeps a digit behind the point only where it is small', () => {
  assert.deepEqual(
    [0, 0.25, 9.96, 1234.5].map((rate) => formatRate(en, 'en-GB', rate)),
    ['0/s', '0.3/s', '10/s', '1,235/s'],
  );
});

test('sizes are in binary units', () => {
  assert.deepEqual(
    [0, 1023, 1024, 1536, 5 * 1024 ** 2].map((bytes) => formatBytes('en-GB', bytes)),
    ['0 B', '1,023 B', '1 KiB', '1.5 KiB', '5 MiB'],
  );
});

test('a time tells its zone, and its day where that is not today', () => {
  const now = Date.UTC(2026, 5, 1, 12);
  assert.match(formatTime('en-GB', now - 1000, now), /^\d\d:\d\d:\d\d .+/);
  assert.match(formatTime('en-GB', now - 40 * 86_400_000, now), /2026/);
});
