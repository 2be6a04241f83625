import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeadLetter } from './dead-letter.ts';

const sourceOf = (facts: Record<string, string>) =>
  readDeadLetter({
    partition: 0,
    offset: 1,
    timestamp: 2,
    key: null,
    value: Buffer.from('{}'),
    headers: Object.entries({ topic: 't', partition: '3', offset: '4', timestamp: '5', ...facts }).map(
      ([name, value]) => ({ key: Buffer.from(`penstock.${name}`), value: Buffer.from(value) }),
    ),
  }).source;

const message = { topic: 't', partition: 3, offset: 4, timestamp: 5 };

test('a letter says which record of its message it is, where that held several', () => {
  assert.deepEqual(sourceOf({}), message);
  assert.deepEqual(sourceOf({ place: '0', 'place.start': '1', 'place.length': '20' }), {
    ...message,
    place: { number: 0, start: 1, length: 20 },
  });
});

test('half a place is none', () => {
  for (const facts of [{ place: '0' }, { place: '0', 'place.start': 'x', 'place.length': '1' }])
    assert.deepEqual(sourceOf(facts), message);
});
