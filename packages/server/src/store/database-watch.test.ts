import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DatabaseHealth, DatabaseWatch } from './database-watch.ts';

test('a database that refuses, hangs and comes back is told as such, once each', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  let answer: () => Promise<void> = async () => undefined;
  const told: DatabaseHealth[] = [];
  const watch = new DatabaseWatch({
    clock: { sync: () => answer() },
    everyMs: 5000,
    limitMs: 3000,
    onChange: (health) => told.push(health),
  });
  await watch.look();
  assert.equal(watch.health.isAnswering, true);

  answer = () => Promise.reject(new Error('refused'));
  await watch.look();
  await watch.look();
  assert.deepEqual([watch.health.isAnswering, watch.health.reason], [false, 'refused']);

  answer = async () => undefined;
  await watch.look();
  const hanging = Promise.withResolvers<void>();
  answer = () => hanging.promise;
  const look = watch.look();
  t.mock.timers.tick(3000);
  assert.deepEqual([watch.health.isAnswering, watch.health.reason], [false, 'no answer within 3000 ms']);
  hanging.resolve();
  await look;
  assert.deepEqual(
    told.map(({ isAnswering }) => isAnswering),
    [false, true, false, true],
  );
});
