import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamRecord } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { OperatorHarness, runOperator, validateConfig } from '@penstock/testkit/operator';
import { lastRecordAppender } from './operator.ts';

const record = (time: number, extra: object = {}): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId: 'a',
  pointId: 'p',
  time,
  value: time,
  attr: {},
  ...extra,
});
const config = { inputOutput: [{ inputPoint: 'm::p', conditions: '*', outputPoint: 'm::q' }] };
const lastOf = (output: JsonObject) =>
  ((output.attr as JsonObject).lastRecordAppender as JsonObject).lastRecord as JsonObject | undefined;

test('last records do not hold each other', async () => {
  const { output } = await runOperator(
    lastRecordAppender,
    config,
    [1, 2, 3, 4].map((time) => record(time)),
  );
  assert.deepEqual(output.map(lastOf), [undefined, ...[1, 2, 3].map((time) => record(time, { pointId: 'q' }))]);
});

test('records keep other results and other attributes', async () => {
  const attr = { isOutlier: false, lastRecordAppender: { lastRecord: { old: true } } };
  const { output } = await runOperator(lastRecordAppender, config, [record(1, { attr }), record(2)]);
  assert.deepEqual(output[0]?.attr, { isOutlier: false, lastRecordAppender: {} });
  assert.deepEqual(lastOf(output[1] as JsonObject)?.attr, { isOutlier: false });
});

test('several rows keep last records of their own', async () => {
  const both = {
    inputOutput: [
      { inputPoint: 'm::p', conditions: '*', outputPoint: 'm::q' },
      { inputPoint: 'm::p', conditions: "${record:value('/value') % 2 == 0}", outputPoint: 'm::even' },
    ],
  };
  const harness = await OperatorHarness.create(lastRecordAppender, both);
  await harness.send([2, 3, 4, 5].map((time) => record(time)));
  assert.deepEqual(
    harness.run.output.map((output) => [output.pointId, output.time, lastOf(output)?.time]),
    [
      ['q', 2, undefined],
      ['even', 2, undefined],
      ['q', 3, 2],
      ['even', 3, 2],
      ['q', 4, 3],
      ['even', 4, 2],
      ['q', 5, 4],
      ['even', 5, 4],
    ],
  );
  const [stored] = [...(await harness.storedState()).values()];
  const state = lastRecordAppender.state;
  assert.ok(state?.toItem && stored !== undefined);
  assert.deepEqual(state.toItem(state.decode(stored), 'a', 'p'), record(5, { pointId: 'q' }));
});

test('a condition that cannot be evaluated is an error of the record and changes nothing', async () => {
  const failing = { inputOutput: [{ ...config.inputOutput[0], conditions: "${record:value('/value') > 0}" }] };
  const harness = await OperatorHarness.create(lastRecordAppender, failing);
  await harness.send([record(1), record(2, { value: 'x' }), record(3)]);
  assert.deepEqual(
    harness.run.errors.map(({ code }) => code),
    ['EXPRESSION_FAILED'],
  );
  assert.deepEqual(
    harness.run.output.map((output) => lastOf(output)?.time),
    [undefined, 1],
  );
});

test('what later stages do to a record does not reach the state', async () => {
  const outputs: StreamRecord[] = [];
  const harness = await OperatorHarness.create(lastRecordAppender, config, { onOutput: (one) => outputs.push(one) });
  await harness.send([record(1, { deep: { list: [1] } })]);
  for (const { fields } of outputs) (fields.deep as { list: number[] }).list.push(2);
  await harness.send([record(2)]);
  assert.deepEqual(lastOf(harness.run.output[1] as JsonObject)?.deep, { list: [1] });
});

test('expressions are checked with the rest of the configuration', () => {
  const { issues } = validateConfig(lastRecordAppender, {
    inputOutput: [{ inputPoint: 'm::p', conditions: '${recrd:value()}', outputPoint: 'm::q' }],
  });
  assert.deepEqual(
    issues.map((issue) => issue.path),
    ['/stages/0/configuration/0/value/0/conditions'],
  );
});
