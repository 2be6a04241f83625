import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { createRandom, wholeBetween } from '@penstock/testkit';
import fc from 'fast-check';
import { ClockCheck } from './clock-check.ts';
import { misplaced } from './sorted-check.ts';
import { CLOCK_ASSETS, CLOCK_EVERY_MS, CLOCK_STEP } from './wide-pipeline.ts';

const arrivals = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 })
  .map((times) => times.map((time, i) => ({ key: 'a', id: String(i), time })));

/** Cuts an input into batches of random sizes and sorts each, as its times say and no further. */
const sortedBy = <T extends { readonly time: number }>(input: readonly T[], seed: number, most: number): T[] => {
  const random = createRandom(seed);
  const out: T[] = [];
  while (out.length < input.length) {
    const batch = input.slice(out.length, out.length + wholeBetween(random, 1, most));
    out.push(...batch.toSorted((a, b) => a.time - b.time));
  }
  return out;
};

const idsOf = (records: readonly { readonly id: string }[]): string[] => records.map(({ id }) => id);

describe('sorted batches', () => {
  test('are in order wherever they end', () => {
    fc.assert(
      fc.property(arrivals, fc.integer(), (input, seed) => {
        assert.deepEqual(misplaced(input, idsOf(sortedBy(input, seed, 8)), 8), []);
      }),
    );
  });

  test('of which two different times have changed places are not', () => {
    fc.assert(
      fc.property(arrivals, fc.integer(), fc.nat(), (input, seed, at) => {
        const out = sortedBy(input, seed, 8);
        const i = at % out.length;
        const [one, other] = [out[i], out[i + 1]];
        fc.pre(one !== undefined && other !== undefined && one.time < other.time);
        // Otherwise two batches may have ended between them.
        fc.pre(Number(one.id) < Number(other.id));
        const swapped = out.with(i, other as typeof one).with(i + 1, one);
        assert.notDeepEqual(misplaced(input, idsOf(swapped), 8), []);
      }),
    );
  });

  test('keep the order of equal times, and are no larger than a batch', () => {
    const input = [3, 1, 1].map((time, i) => ({ key: 'a', id: String(i), time }));
    assert.deepEqual(misplaced(input, ['1', '2', '0'], 3), []);
    assert.equal(misplaced(input, ['2', '1', '0'], 3).length, 1);
    assert.equal(misplaced(input, ['1', '2', '0'], 2).length, 1);
  });
});

const BEGIN = 1_700_000_000_000;

const made = (assetId: string, number: number): JsonObject => ({
  orgId: 'chaos',
  modelId: 'station',
  modelIdPath: '/station',
  assetId,
  pointId: 'beat_tagged',
  time: BEGIN + number * CLOCK_EVERY_MS,
  value: number * CLOCK_STEP,
  quality: 0,
  attr: {
    recordGenerator: {
      assetCfg: 'byAssetIDs',
      generateBy: 'triggerPoint',
      offset: number,
      curQueryBatch: BEGIN + number * CLOCK_EVERY_MS,
      triggerPoint: '',
      generatorKey: `${assetId}::beat`,
    },
  },
  dq: 0,
});

/** All assets have the records 0 to 3, but the first has these. */
const judge = (numbers: readonly number[], change: (record: JsonObject) => JsonObject = (record) => record) => {
  const check = new ClockCheck();
  for (const [i, assetId] of CLOCK_ASSETS.entries())
    for (const number of i === 0 ? numbers : [0, 1, 2, 3]) {
      const record = made(assetId, number);
      check.see({ key: `${assetId}beat_tagged`, partition: 0, record: i === 0 ? change(record) : record });
    }
  const { lost, duplicated, wrong, outOfOrder } = check.judge();
  return { lost, duplicated, wrong, outOfOrder };
};
const flawless = { lost: 0, duplicated: 0, wrong: 0, outOfOrder: 0 };

describe('what a clock has made', () => {
  test('has every number once and in order', () => {
    assert.deepEqual(judge([0, 1, 2]), flawless);
    assert.deepEqual(judge([0, 2]), { ...flawless, lost: 1 });
    assert.deepEqual(judge([1, 2]), { ...flawless, lost: 1 });
    assert.deepEqual(judge([0, 1, 1, 2]), { ...flawless, duplicated: 1 });
    assert.deepEqual(judge([0, 2, 1]), { ...flawless, outOfOrder: 1 });
    assert.deepEqual(judge([]), { ...flawless, lost: 1 });
  });

  test('is what was to be made', () => {
    assert.deepEqual(
      judge([0, 1], (record) => ({ ...record, dq: 5 })),
      { ...flawless, wrong: 2 },
    );
  });

  test('has come to a moment when all assets have', () => {
    const check = new ClockCheck();
    for (const [i, assetId] of CLOCK_ASSETS.entries())
      check.see({ key: '', partition: 0, record: made(assetId, i === 0 ? 1 : 2) });
    assert.equal(check.isUpTo(BEGIN + CLOCK_EVERY_MS), true);
    assert.equal(check.isUpTo(BEGIN + 2 * CLOCK_EVERY_MS), false);
  });
});
