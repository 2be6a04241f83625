import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWorkedOff } from './patient-end.ts';

/** Work that ends when it is told to, or is given up. */
const workOf = () => {
  const work = Promise.withResolvers<void>();
  return { work, task: { giveUp: (reason: unknown) => work.reject(reason) } };
};

test('work that ends by itself is waited for, also after the task was told to end', async () => {
  const draining = new AbortController();
  const { work, task } = workOf();
  const worked = isWorkedOff(task, work.promise, draining.signal, 60_000);
  draining.abort();
  work.resolve();
  assert.equal(await worked, true);
  assert.equal(await isWorkedOff(task, undefined, draining.signal), true);
});

test('work that waits for somebody outside is given up after its grace, and only once the task is to end', async () => {
  const draining = new AbortController();
  const { work, task } = workOf();
  const worked = isWorkedOff(task, work.promise, draining.signal, 1);
  draining.abort();
  assert.equal(await worked, false);
});

test('what fails by itself fails', async () => {
  const draining = new AbortController();
  const { work, task } = workOf();
  const worked = isWorkedOff(task, work.promise, draining.signal, 60_000);
  work.reject(new Error('broken'));
  await assert.rejects(worked, /broken/);
});
