import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recoveries } from './recovery.ts';

test('recoveries are summed up by kind, in seconds', () => {
  const recoveries = new Recoveries();
  for (const ms of [4000, 1000, 2000]) recoveries.add('worker', ms);
  for (const ms of [30_040, 10_000]) recoveries.add('driver', ms);
  assert.deepEqual(recoveries.summary(), { worker: { median: 2, max: 4 }, driver: { median: 20, max: 30 } });
  assert.equal(recoveries.slowestMs, 30_040);
});

test('without a kill that was waited for there is no slowest', () => {
  assert.deepEqual([new Recoveries().summary(), new Recoveries().slowestMs], [{}, 0]);
});
