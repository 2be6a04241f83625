import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { OperatorHarness, runOperator, validateConfig } from '@penstock/testkit/operator';
import { fixedTimeWindowAggregator } from './operator.ts';

const row = (aggregator: string, extra: object = {}) => ({
  inputPoint: 'm::p',
  windowSize: 1,
  windowUnit: 'MINUTE',
  aggregator,
  outputPoint: `m::${aggregator}`,
  ...extra,
});
const MINUTE = 60_000;
const record = (time: JsonValue, value: JsonValue, extra: object = {}): JsonObject => ({
  orgId: 'o1',
  modelId: 'm',
  modelIdPath: '/m',
  assetId: 'a',
  pointId: 'p',
  time,
  value,
  ...extra,
});
const aggregateOf = (output: JsonObject) => (output.attr as { windowAggregator: JsonObject }).windowAggregator;
const brief = (outputs: readonly JsonObject[]) =>
  outputs.map((output) => [output.pointId, output.time, output.value, aggregateOf(output).calMode]);

test('every aggregator, with its detail', async () => {
  const aggregators = ['max', 'min', 'avg', 'count', 'cnt', 'sum', 'first', 'last', 'delta'];
  const { output } = await runOperator(
    fixedTimeWindowAggregator,
    { inputOutput: aggregators.map((name) => row(name)) },
    [record(2000, 5), record(1000, 2), record(4000, 8), record(3000, 8), record(MINUTE, 0)],
  );
  const detail = { sum: 23, cnt: 4, lastSum: 0, lastCnt: 0 };
  assert.deepEqual(
    output.map((one) => [one.pointId, one.value, aggregateOf(one).calType, aggregateOf(one).calDetail]),
    [
      ['max', 8, 'max', { time: 3000 }],
      ['min', 2, 'min', { time: 1000 }],
      ['avg', 5.75, 'avg', detail],
      ['count', 4, 'count', { cnt: 4, lastCnt: 0 }],
      ['cnt', 4, 'count', { cnt: 4, lastCnt: 0 }],
      ['sum', 23, 'sum', detail],
      ['first', 2, 'first', { time: 1000 }],
      ['last', 8, 'last', { time: 4000 }],
      ['delta', 6, 'delta', { first: 2, firstTime: 1000, last: 8, lastTime: 4000 }],
    ],
  );
});

test('windows are aligned to the epoch in their unit, also before it', async () => {
  const units = [
    ['SECOND', 10],
    ['HOUR', 2],
    ['DAY', 1],
  ] as const;
  for (const [windowUnit, windowSize] of units) {
    const size = { SECOND: 1000, HOUR: 3_600_000, DAY: 86_400_000 }[windowUnit] * windowSize;
    const config = { inputOutput: [row('sum', { windowUnit, windowSize })] };
    const { output } = await runOperator(fixedTimeWindowAggregator, config, [
      record(-1, 1),
      record(5 * size + 7, 2),
      record(6 * size, 0),
    ]);
    assert.deepEqual(brief(output), [
      ['sum', -size, 1, 'final'],
      ['sum', 5 * size, 2, 'final'],
    ]);
  }
});

test('with a latency, late values still count and the window is final when it has passed', async () => {
  const config = { inputOutput: [row('sum')], latency: 2 };
  const { output, dropped } = await runOperator(fixedTimeWindowAggregator, config, [
    record(1000, 1),
    record(3 * MINUTE - 1, 10),
    record(2000, 2),
    record(3 * MINUTE, 20),
    record(3000, 4),
  ]);
  assert.deepEqual(brief(output), [['sum', 0, 3, 'final']]);
  assert.deepEqual(
    dropped.map(({ record: late, reason }) => [late.time, reason]),
    [[3000, 'late']],
  );
});

test('on-time output comes when the window ends, final output when the latency has passed too', async () => {
  const config = { inputOutput: [row('avg')], latency: 1, onTimeTrigger: true };
  const { output } = await runOperator(fixedTimeWindowAggregator, config, [
    record(1000, 1),
    record(MINUTE, 10),
    record(2000, 3),
    record(2 * MINUTE, 0),
  ]);
  assert.deepEqual(brief(output), [
    ['avg', 0, 1, 'onTime'],
    ['avg', 0, 2, 'final'],
    ['avg', MINUTE, 10, 'onTime'],
  ]);
  assert.deepEqual(
    output.map((one) => aggregateOf(one).lastOutput),
    ['NaN', 1, 'NaN'],
  );
  assert.deepEqual(aggregateOf(output[1] as JsonObject).calDetail, { sum: 4, cnt: 2, lastSum: 1, lastCnt: 1 });
  const immediate = await runOperator(fixedTimeWindowAggregator, { ...config, latency: 0 }, [
    record(1, 1),
    record(MINUTE, 1),
  ]);
  assert.deepEqual(brief(immediate.output), [['avg', 0, 1, 'final']]);
});

test('early output by input point comes on every record, after what the record finished', async () => {
  const config = { inputOutput: [row('sum')], earlyTrigger: true, earlyTriggerType: 'INPUT_POINT' };
  const { output } = await runOperator(fixedTimeWindowAggregator, config, [
    record(1, 1),
    record(2, 2),
    record(MINUTE, 4),
  ]);
  assert.deepEqual(brief(output), [
    ['sum', 0, 1, 'early'],
    ['sum', 0, 3, 'early'],
    ['sum', 0, 3, 'final'],
    ['sum', MINUTE, 4, 'early'],
  ]);
});

test('early output by fixed frequency comes by the clock, for windows that changed, also after a restart', async () => {
  const config = { inputOutput: [row('sum')], earlyTrigger: true, earlyTriggerFrequency: 2 };
  const before = await OperatorHarness.create(fixedTimeWindowAggregator, config);
  await before.tick(0);
  await before.send([record(1, 1), record(1, 5, { assetId: 'b' })]);
  await before.tick(2 * MINUTE - 1);
  assert.deepEqual(before.run.output, []);
  await before.tick(2 * MINUTE);
  assert.deepEqual(brief(before.run.output), [
    ['sum', 0, 1, 'early'],
    ['sum', 0, 5, 'early'],
  ]);
  await before.send([record(2, 2)]);
  const after = await OperatorHarness.create(fixedTimeWindowAggregator, config, {
    stored: await before.storedState(),
    openedAt: 3 * MINUTE,
  });
  await after.tick(3 * MINUTE);
  await after.tick(4 * MINUTE);
  await after.tick(6 * MINUTE);
  assert.deepEqual(brief(after.run.output), [['sum', 0, 3, 'early']]);
  assert.equal(aggregateOf(after.run.output[0] as JsonObject).lastOutput, 1);
  const off = await OperatorHarness.create(fixedTimeWindowAggregator, { inputOutput: [row('sum')] });
  await off.send([record(1, 1)]);
  await off.tick(0);
  await off.tick(60 * MINUTE);
  assert.deepEqual(off.run.output, []);
});

test('null values and errors do not move the watermark', async () => {
  const { output, dropped, errors } = await runOperator(fixedTimeWindowAggregator, { inputOutput: [row('sum')] }, [
    record(1, 1),
    record(5 * MINUTE, null),
    record(5 * MINUTE, 'x'),
    record(5 * MINUTE, true),
    record('five', 1),
    record(5 * MINUTE, 1, { assetId: null }),
    record(2, 2),
    record(MINUTE, 0),
  ]);
  assert.deepEqual(brief(output), [['sum', 0, 3, 'final']]);
  assert.deepEqual(
    dropped.map(({ reason }) => reason),
    ['null-value'],
  );
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['VALUE_NOT_NUMERIC', 'VALUE_NOT_NUMERIC', 'TIME_NOT_VALID', 'KEY_NOT_VALID'],
  );
});

test('with types from the model, count, first and last take texts and booleans', async () => {
  const config = { inputOutput: [row('count'), row('first'), row('last')], outputDataType: 'FROM_MODEL' };
  const input = [record(1, 'on'), record(2, true), record(MINUTE, 'x')];
  const { output } = await runOperator(fixedTimeWindowAggregator, config, input);
  assert.deepEqual(
    output.map((one) => one.value),
    [2, 'on', true],
  );
  const mixed = await runOperator(
    fixedTimeWindowAggregator,
    { ...config, inputOutput: [row('count'), row('sum')] },
    input,
  );
  assert.deepEqual(
    mixed.errors.map(({ code }) => code),
    ['VALUE_NOT_NUMERIC', 'VALUE_NOT_NUMERIC', 'VALUE_NOT_NUMERIC'],
  );
});

test('keys do not influence each other, and an output point of another model takes its place', async () => {
  const config = { inputOutput: [row('sum', { outputPoint: 'site::total' })] };
  const { output, dropped } = await runOperator(fixedTimeWindowAggregator, config, [
    record(9 * MINUTE, 1, { assetId: 'b' }),
    record(0, 1),
    record(MINUTE, 2),
  ]);
  assert.deepEqual(dropped, []);
  assert.deepEqual(
    output.map(({ assetId, modelId, modelIdPath, pointId }) => [assetId, modelId, modelIdPath, pointId]),
    [['a', 'site', '/site', 'total']],
  );
});

test('open windows survive an edit of other rows', async () => {
  const before = await OperatorHarness.create(fixedTimeWindowAggregator, { inputOutput: [row('sum'), row('max')] });
  await before.send([record(1, 1)]);
  const config = { inputOutput: [row('min'), row('max'), row('sum')] };
  const after = await OperatorHarness.create(fixedTimeWindowAggregator, config, { stored: await before.storedState() });
  await after.send([record(2, 2), record(MINUTE, 0)]);
  assert.deepEqual(brief(after.run.output), [
    ['min', 0, 2, 'final'],
    ['max', 0, 2, 'final'],
    ['sum', 0, 3, 'final'],
  ]);
});

test('stage state shows the watermark and the open windows', async () => {
  const harness = await OperatorHarness.create(fixedTimeWindowAggregator, { inputOutput: [row('avg')], latency: 1 });
  await harness.send([record(1, 1), record(MINUTE, 5), record(2, 3)]);
  const [stored] = [...(await harness.storedState()).values()];
  const state = fixedTimeWindowAggregator.state;
  assert.ok(state?.toItem && stored !== undefined);
  const window = { outputPoint: 'm::avg', aggregator: 'avg' };
  assert.deepEqual(state.toItem(state.decode(stored), 'a', 'p'), {
    assetId: 'a',
    pointId: 'p',
    time: MINUTE,
    windows: [
      { ...window, windowStart: 0, windowEnd: MINUTE, count: 2, value: 2 },
      { ...window, windowStart: MINUTE, windowEnd: 2 * MINUTE, count: 1, value: 5 },
    ],
  });
});

test('windows that are too long are refused', () => {
  const { issues } = validateConfig(fixedTimeWindowAggregator, {
    inputOutput: [row('sum'), row('sum', { windowSize: 367, windowUnit: 'DAY' })],
    latency: 61,
  });
  assert.deepEqual(
    issues.map((issue) => issue.path),
    ['/stages/0/configuration/1/value'],
  );
  const second = validateConfig(fixedTimeWindowAggregator, {
    inputOutput: [row('sum', { windowSize: 367, windowUnit: 'DAY' })],
  });
  assert.deepEqual(
    second.issues.map((issue) => issue.path),
    ['/stages/0/configuration/0/value/0/windowSize'],
  );
});

test('records of one point that match different rows in turn keep all their windows', async () => {
  const config = {
    inputOutput: [row('count'), row('count', { inputPoint: 'big::p', outputPoint: 'big::n' })],
  };
  const plain = (time: number) => record(time, 1);
  const big = (time: number) => record(time, 1, { modelId: 'big', modelIdPath: '/m/big' });
  const other = (time: number) => record(time, 1, { modelId: 'big', modelIdPath: '/big' });
  const { output } = await runOperator(fixedTimeWindowAggregator, config, [
    plain(1),
    other(2),
    plain(3),
    big(4),
    other(5),
    plain(MINUTE),
    other(2 * MINUTE),
  ]);
  assert.deepEqual(
    output.map((one) => [one.modelId, one.pointId, one.time, one.value]),
    [
      ['big', 'count', 0, 3],
      ['big', 'n', 0, 3],
      ['m', 'count', MINUTE, 1],
    ],
  );
});

test('a time too far in the future is an error of that record and moves nothing', async () => {
  const far = Date.UTC(2200, 0, 1);
  const { output, errors, dropped } = await runOperator(fixedTimeWindowAggregator, { inputOutput: [row('sum')] }, [
    record(1, 1),
    record(far, 5),
    record(2, 2),
    record(MINUTE, 0),
  ]);
  assert.deepEqual(brief(output), [['sum', 0, 3, 'final']]);
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['TIME_TOO_FAR_AHEAD'],
  );
  assert.deepEqual(dropped, []);
});

test('sums are compensated for rounding, also over a restart; ten times 0.1 is 1', async () => {
  const config = { inputOutput: [row('sum'), row('avg')] };
  const input = Array.from({ length: 10 }, (_, i) => record(i, 0.1));
  for (const cut of [0, 3, 10]) {
    const before = await OperatorHarness.create(fixedTimeWindowAggregator, config);
    await before.send(input.slice(0, cut));
    const after = await OperatorHarness.create(fixedTimeWindowAggregator, config, {
      stored: await before.storedState(),
    });
    await after.send([...input.slice(cut), record(MINUTE, 0)]);
    assert.deepEqual(
      after.run.output.map((one) => one.value),
      [1, 0.1],
    );
  }
});

test('a result that no number can hold is an error of its window, told once', async () => {
  const config = {
    inputOutput: [row('sum'), row('delta'), row('count')],
    earlyTrigger: true,
    earlyTriggerType: 'INPUT_POINT',
  };
  const { output, errors } = await runOperator(fixedTimeWindowAggregator, config, [
    record(1, -1.5e308),
    record(2, 1.5e308),
    record(3, 1.5e308),
    record(4, 1.5e308),
    record(MINUTE, 0),
  ]);
  assert.deepEqual(
    errors.map(({ code, record: window }) => [code, window.pointId, window.time, window.value]),
    [
      ['WINDOW_VALUE_OVERFLOW', 'delta', 0, null],
      ['WINDOW_VALUE_OVERFLOW', 'sum', 0, null],
    ],
  );
  assert.ok(output.every((one) => one.value !== null));
});
