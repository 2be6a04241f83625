import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsAround } from './events-around.ts';

test('the events about a marker are those shortly before and after it, in their order', () => {
  const events = [40_000, 29_000, 21_000, 20_000, 9000].map((at) => ({ at }));
  assert.deepEqual(eventsAround(events, 20_000), [{ at: 20_000 }, { at: 21_000 }, { at: 29_000 }]);
  assert.deepEqual(eventsAround(events, 60_000), []);
});
