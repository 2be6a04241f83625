import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseClock } from './database-clock.ts';

/** A database whose clock is set at will, and a steady clock that the test moves. */
const world = async (start: number) => {
  let steady = 5000;
  let ahead = start - steady;
  const clock = await DatabaseClock.of({ readClock: async () => steady + ahead }, { steady: () => steady });
  return {
    clock,
    pass: (ms: number) => {
      steady += ms;
    },
    put: (ms: number) => {
      ahead += ms;
    },
  };
};

test('it is the database’s clock, also between two looks', async () => {
  const { clock, pass } = await world(1_000_000);
  assert.equal(clock.now(), 1_000_000);
  pass(2500);
  assert.equal(clock.now(), 1_002_500);
});

test('a database clock put forward is followed at once', async () => {
  const { clock, put } = await world(1_000_000);
  put(3_600_000);
  await clock.sync();
  assert.equal(clock.now(), 4_600_000);
});

test('one put back is waited for without ever going back or standing still', async () => {
  const { clock, pass, put } = await world(10_000_000);
  put(-600_000);
  await clock.sync();
  assert.equal(clock.now(), 10_000_000);
  pass(10_000);
  assert.equal(clock.now(), 10_009_000);
  await clock.sync();
  assert.equal(clock.now(), 10_009_000);
  pass(6_000_000);
  await clock.sync();
  assert.equal(clock.now(), 10_000_000 - 600_000 + 6_010_000);
});

test('instances on machines whose clocks disagree agree on the time', async () => {
  let steady = 0;
  const readClock = async () => 7_000_000 + steady;
  const a = await DatabaseClock.of({ readClock }, { steady: () => steady });
  steady = 400;
  const b = await DatabaseClock.of({ readClock }, { steady: () => steady + 99_999_999 });
  steady = 30_000;
  assert.equal(a.now(), b.now());
});
