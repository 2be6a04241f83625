import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betweenPieces, FLUSH_BYTES } from './wait.ts';

const logWith = (pendingBytes: number) => {
  const log = {
    pendingBytes,
    flushes: 0,
    async flush() {
      log.flushes += 1;
      log.pendingBytes = 0;
    },
  };
  return log;
};

test('output is sent once enough has gathered, and not where a stage takes its time', async () => {
  const log = logWith(FLUSH_BYTES);
  let isSlow = false;
  const pause = betweenPieces(log, () => isSlow);
  await pause();
  assert.equal(log.flushes, 0);
  log.pendingBytes = FLUSH_BYTES + 1;
  isSlow = true;
  await pause();
  assert.equal(log.flushes, 0);
  isSlow = false;
  await pause();
  assert.deepEqual([log.flushes, log.pendingBytes], [1, 0]);
});

test('others have their turn when it has worked for a while', async () => {
  let now = 0;
  let turns = 0;
  const pause = betweenPieces(
    logWith(0),
    () => false,
    () => now,
  );
  const other = (): void => {
    turns += 1;
  };
  setImmediate(other);
  await pause();
  assert.equal(turns, 0);
  now = 11;
  await pause();
  assert.equal(turns, 1);
});
