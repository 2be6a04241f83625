import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperatorHarness, runOperator } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { latePointTagger } from './operator.ts';

const record = (time: number, assetId = 'a', extra: object = {}) => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId,
  pointId: 'p',
  time,
  value: 1,
  ...extra,
});
const config = { inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::q' }] };

test('agrees with a plain search for an earlier, newer record of the same key', async () => {
  const samples = fc.array(fc.record({ time: fc.nat({ max: 20 }), assetId: fc.constantFrom('a', 'b') }));
  await fc.assert(
    fc.asyncProperty(samples, async (input) => {
      const { output } = await runOperator(
        latePointTagger,
        config,
        input.map(({ time, assetId }) => record(time, assetId)),
      );
      const expected = input.map(({ time, assetId }, index) =>
        input.slice(0, index).some((other) => other.assetId === assetId && other.time > time) ? 5 : 0,
      );
      assert.deepEqual(
        output.map(({ dq }) => dq),
        expected,
      );
    }),
  );
});

test('one record under two output points touches the state once', async () => {
  const both = {
    inputOutput: [
      { inputPoint: 'm::p', outputPoint: 'm::q' },
      { inputPoint: 'm::p', outputPoint: 'm::r' },
    ],
  };
  const harness = await OperatorHarness.create(latePointTagger, both);
  await harness.send([record(2), record(1, 'a', { dq: 8 })]);
  assert.deepEqual(
    harness.run.output.map(({ pointId, dq }) => [pointId, dq]),
    [
      ['q', 0],
      ['r', 0],
      ['q', 13],
      ['r', 13],
    ],
  );
  assert.deepEqual(await harness.changedKeys(), ['["Stage_01","a","p"]']);
  assert.deepEqual([...(await harness.storedState())], [['["Stage_01","a","p"]', { time: 2 }]]);
});

test('stage state is the newest time of asset and point', () => {
  const state = latePointTagger.state;
  assert.deepEqual(state?.toItem?.(state.decode({ time: 7 }), 'a', 'p'), { assetId: 'a', pointId: 'p', time: 7 });
});
