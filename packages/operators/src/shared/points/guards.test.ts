import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectTime, StreamRecord } from '@penstock/engine';
import type { JsonValue } from '@penstock/model';
import { hasTime } from './guards.ts';

const NOW = Date.UTC(2026, 0, 1);
const eventTime = new DirectTime({ now: () => NOW }, { maxFutureMs: 86_400_000 });

/** What is said of a record with this time; empty where nothing is. */
const saidOf = (time: JsonValue): string => {
  let said = '';
  const out = {
    emit: () => assert.fail(),
    drop: () => assert.fail(),
    error: (_record: StreamRecord, code: string, message: string) => {
      said = `${code} ${message}`;
    },
  };
  assert.equal(hasTime(StreamRecord.from({ time }), eventTime, out), said === '');
  return said;
};

test('a time in microseconds or nanoseconds is an error that says so, as a number and as a text', () => {
  for (const time of [NOW * 1000, String(NOW * 1000)])
    assert.match(saidOf(time), /^TIME_TOO_FAR_AHEAD .*In microseconds it would be 2026-01-01T00:00:00.000Z: divide/);
  for (const time of [NOW * 1_000_000, `${NOW}000000`])
    assert.match(saidOf(time), /^TIME_NOT_VALID .*In nanoseconds it would be 2026-01-01T00:00:00.000Z: divide/);
});

test('a time in seconds is an error that says so, and not a day of 1970', () => {
  for (const time of [NOW / 1000, String(NOW / 1000)])
    assert.match(saidOf(time), /^TIME_NOT_VALID .*In seconds it would be 2026-01-01T00:00:00.000Z: multiply/);
});

test('no unit is named where none fits', () => {
  for (const time of [NOW + 10 * 365 * 86_400_000, 9_007_199_254_740_000, 'soon', null, {}, 1.5])
    assert.doesNotMatch(saidOf(time), /seconds it would be/);
  for (const time of [NOW, String(NOW), 0, 999_999_999, NOW / 1000 + 2 * 86_400]) assert.equal(saidOf(time), '');
});
