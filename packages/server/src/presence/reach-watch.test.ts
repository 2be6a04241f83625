import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@penstock/model';
import { ReachWatch } from './reach-watch.ts';

test('each is looked at on its own, and one that hangs is told within the limit', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const hanging = Promise.withResolvers<void>();
  let [asked, now] = [0, 1000];
  const away = new AppError('KAFKA_UNREACHABLE', 'No broker answers.', { domain: 'external', params: { tried: 3 } });
  const answers = [() => Promise.reject(away), () => Promise.reject(new Error('odd')), () => Promise.resolve()];
  const watch = new ReachWatch(
    [
      { name: 'kafka', check: () => answers[asked++ % 3]?.() ?? Promise.resolve() },
      { name: 'yarn', check: () => hanging.promise },
    ],
    { everyMs: 1000, limitMs: 5000, now: () => now },
  );
  assert.deepEqual(
    watch.views.map(({ isReachable, checkedAt }) => [isReachable, checkedAt]),
    [
      [null, null],
      [null, null],
    ],
  );
  const look = async () => {
    const looking = watch.look();
    // Whoever has an answer has given it before time is up for the other.
    await new Promise(setImmediate);
    t.mock.timers.tick(5000);
    await looking;
    return watch.views;
  };
  const [kafka, yarn] = await look();
  assert.deepEqual(
    [kafka?.isReachable, kafka?.since, kafka?.error],
    [false, 1000, { code: 'KAFKA_UNREACHABLE', params: { tried: 3 }, message: 'No broker answers.' }],
  );
  assert.deepEqual(
    [yarn?.isReachable, yarn?.error?.code, yarn?.error?.params],
    [false, 'CHECK_TIMED_OUT', { seconds: 5 }],
  );
  now = 2000;
  const [second] = await look();
  assert.deepEqual([second?.error?.code, second?.since, second?.checkedAt], ['CHECK_FAILED', 1000, 2000]);
  now = 3000;
  hanging.resolve();
  for (const view of await look()) assert.deepEqual([view.isReachable, view.since, view.error], [true, 3000, null]);
});
