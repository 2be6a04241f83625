import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { OperatorHarness, validateConfig } from '@penstock/testkit/operator';
import { slidingTimeWindowAggregator } from './operator.ts';

const row = (extra: object = {}) => ({
  inputPoint: 'm::p',
  fixedWindowSize: 1,
  fixedWindowUnit: 'MINUTE',
  slidingWindowSize: 2,
  slidingWindowUnit: 'MINUTE',
  aggregator: 'sum',
  outputPoint: 'm::q',
  ...extra,
});
const record = (time: number, value: number): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId: 'a',
  pointId: 'p',
  time,
  value,
});

test('sizes that leave gaps, overlap too often or are too long are refused, with what to do', () => {
  const issuesOf = (extra: object) =>
    validateConfig(slidingTimeWindowAggregator, { inputOutput: [row(extra)] }).issues.map(({ path, message }) => {
      assert.equal(path, '/stages/0/configuration/0/value/0/slidingWindowSize');
      return message;
    });
  assert.deepEqual(issuesOf({}), []);
  assert.deepEqual(issuesOf({ slidingWindowSize: 1440 }), []);
  assert.match(issuesOf({ fixedWindowUnit: 'HOUR' })[0] ?? '', /swap them/);
  assert.match(issuesOf({ slidingWindowSize: 1441 })[0] ?? '', /1440 windows at once/);
  assert.match(issuesOf({ slidingWindowSize: 367, slidingWindowUnit: 'DAY' })[0] ?? '', /366 days/);
});

test('a result that no number holds is an error of each window it is in, told once', async () => {
  const harness = await OperatorHarness.create(slidingTimeWindowAggregator, { inputOutput: [row()] });
  await harness.send([record(0, 1e308), record(1, 1e308), record(180_000, 1)]);
  assert.deepEqual(
    harness.run.errors.map(({ code, record: { time } }) => [code, time]),
    [
      ['WINDOW_VALUE_OVERFLOW', -60_000],
      ['WINDOW_VALUE_OVERFLOW', 0],
    ],
  );
  assert.deepEqual(harness.run.output, []);
});

test('stage state shows the watermark and every open window; they survive an edit of another row', async () => {
  const before = await OperatorHarness.create(slidingTimeWindowAggregator, { inputOutput: [row()] });
  await before.send([record(1, 3), record(60_000, 4)]);
  const stored = await before.storedState();
  const [entry] = [...stored.values()];
  const { state } = slidingTimeWindowAggregator;
  assert.ok(state?.toItem && entry !== undefined);
  const window = { outputPoint: 'm::q', aggregator: 'sum' };
  assert.deepEqual(state.toItem(state.decode(entry), 'a', 'p'), {
    assetId: 'a',
    pointId: 'p',
    time: 60_000,
    windows: [
      { ...window, windowStart: 0, windowEnd: 120_000, count: 2, value: 7 },
      { ...window, windowStart: 60_000, windowEnd: 180_000, count: 1, value: 4 },
    ],
  });
  const edited = { inputOutput: [row({ slidingWindowSize: 3, outputPoint: 'm::three' }), row()] };
  const after = await OperatorHarness.create(slidingTimeWindowAggregator, edited, { stored });
  await after.send([record(120_000, 1)]);
  assert.deepEqual(
    after.run.output.map(({ pointId, time, value }) => [pointId, time, value]),
    [['q', 0, 7]],
  );
});
