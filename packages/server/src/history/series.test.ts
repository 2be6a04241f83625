import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CounterSample, seriesOf, stepOf } from './series.ts';

const base = {
  recordsOut: 0,
  errors: 0,
  dropped: 0,
  lag: 0,
  offset: 0,
  rssMb: 1,
  eventLagMs: null,
  commits: null,
  commitMs: null,
};
const sample = (
  at: number,
  workerId: string | null,
  recordsIn: number,
  countedSince: number | null,
): CounterSample => ({
  ...base,
  at,
  workerId,
  recordsIn,
  countedSince,
});
const range = { from: 0, to: 1000, stepMs: 100 };
const inOf = (samples: readonly CounterSample[], before?: CounterSample) =>
  seriesOf(samples, before, range).map(({ at, recordsIn, workers }) => [at, recordsIn, workers]);

test('what a worker counted between two samples is of the later one, and another worker counts from 0', () => {
  const samples = [
    sample(10, 'a', 5, 10),
    sample(110, 'a', 25, 10),
    sample(150, 'b', 3, 150),
    sample(190, 'b', 10, 150),
    sample(450, 'b', 11, 150),
  ];
  assert.deepEqual(inOf(samples), [
    [0, 5, 1],
    [100, 30, 2],
    [400, 1, 1],
  ]);
});

test('a range that begins in the middle goes on from the sample before it', () => {
  assert.deepEqual(inOf([sample(10, 'a', 1005, -500)], sample(-5, 'a', 1000, -500)), [[0, 5, 1]]);
  assert.deepEqual(inOf([sample(10, 'b', 7, 8)], sample(-5, 'a', 1000, -500)), [[0, 7, 1]]);
});

test('how much of a counter is of the range is not guessed', () => {
  assert.deepEqual(inOf([sample(10, 'a', 1_000_000, -500), sample(120, 'a', 1_000_002, -500)]), [
    [0, null, 1],
    [100, 2, 1],
  ]);
  assert.deepEqual(inOf([sample(10, null, 50, null), sample(120, null, 60, null), sample(220, null, 5, null)]), [
    [0, null, 1],
    [100, 10, 1],
    [200, null, 1],
  ]);
  const [first, second] = seriesOf(
    [{ ...sample(10, 'a', 5, 10), dropped: null }, sample(20, 'a', 6, 10)],
    undefined,
    range,
  );
  assert.deepEqual([first?.recordsIn, first?.dropped, second], [6, null, undefined]);
});

/** What is thrown away with age: all but the last of each step and worker. */
const thinned = (samples: readonly CounterSample[], stepMs: number): CounterSample[] =>
  samples.filter(
    ({ at, workerId }, index) =>
      !samples
        .slice(index + 1)
        .some((later) => later.workerId === workerId && Math.floor(later.at / stepMs) === Math.floor(at / stepMs)),
  );

test('the whole of a range is what its workers counted, thinned out or not, whatever the step', () => {
  const workers = fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      workers,
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      (counts, keepMs, stepMs) => {
        let at = 0;
        const samples = counts.flatMap((steps, worker) => {
          let total = 0;
          const since = at + 7;
          return steps.map((count) => {
            at += 7;
            total += count;
            return sample(at, `w${worker}`, total, since);
          });
        });
        const expected = counts.flat().reduce((sum, count) => sum + count, 0);
        for (const kept of [samples, thinned(samples, keepMs)]) {
          const points = seriesOf(kept, undefined, { from: 0, to: at + 1, stepMs });
          assert.equal(
            points.reduce((sum, { recordsIn }) => sum + (recordsIn ?? Number.NaN), 0),
            expected,
          );
        }
      },
    ),
  );
});

test('the step is the shortest that gives few enough points and is no shorter than samples are apart', () => {
  const hour = 3600_000;
  assert.equal(stepOf({ from: 0, to: hour }, 300, 15_000), 15_000);
  assert.equal(stepOf({ from: 0, to: hour }, 100, 15_000), 60_000);
  assert.equal(stepOf({ from: 0, to: hour }, 300, 600_000), 600_000);
  assert.equal(stepOf({ from: 0, to: 90 * 24 * hour }, 300, hour), 24 * hour);
  assert.equal(stepOf({ from: 0, to: 900 * 24 * hour }, 300, hour), undefined);
});
