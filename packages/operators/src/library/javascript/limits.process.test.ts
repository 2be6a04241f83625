import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { OperatorHarness, runOperator } from '@penstock/testkit/operator';
import { javascript } from './operator.ts';

const record = (value: number): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/root/m',
  assetId: 'a',
  pointId: 'p',
  time: value,
  value,
});
const each = (body: string) => `for (var i = 0; i < records.length; i++) { var record = records[i]; ${body} }`;

test('an endless script ends at the time limit and the next batch runs', async () => {
  const config = { timeLimitMs: 1000, script: each('while (record.value.value === 2) {} output.write(record);') };
  const harness = await OperatorHarness.create(javascript, config);
  await harness.send([record(1), record(2), record(3)]);
  assert.deepEqual(
    harness.run.errors.map((error) => [error.record.value, error.code]),
    [[2, 'SCRIPT_TIME_LIMIT']],
  );
  await harness.send([record(4)]);
  assert.deepEqual(
    harness.run.output.map(({ value }) => value),
    [1, 3, 4],
  );
  await harness.close();
});

test('a script that hoards memory ends at the memory limit and the next batch runs', async () => {
  const config = {
    memoryLimitMb: 16,
    script: each(
      'if (record.value.value === 2) { var hoard = []; while (true) hoard.push(new Array(10000).fill(i)); } output.write(record);',
    ),
  };
  const harness = await OperatorHarness.create(javascript, config);
  await harness.send([record(1), record(2)]);
  await harness.send([record(3)]);
  assert.deepEqual(
    harness.run.errors.map((error) => [error.record.value, error.code]),
    [[2, 'SCRIPT_MEMORY_LIMIT']],
  );
  assert.deepEqual(
    harness.run.output.map(({ value }) => value),
    [1, 3],
  );
  await harness.close();
});

test('promises cannot outlive the time limit', async () => {
  const config = {
    timeLimitMs: 1000,
    script: each('(function again() { Promise.resolve().then(again); })(); output.write(record);'),
  };
  const done = await runOperator(javascript, config, [record(1)]);
  assert.equal(done.output.length + done.errors.length, 1);
});
