import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperatorHarness } from '@penstock/testkit/operator';
import { lineage } from './needed-points.ts';
import { normalizer } from './operator.ts';

const texts = async (config: { normalizerType: 'ORIGIN' | 'CAL' }, ...messages: string[]): Promise<string[]> => {
  const written: string[] = [];
  const harness = await OperatorHarness.create(normalizer, config, {
    references: { lineage: { inputs: ['m::a', 'm::b', 'm::__proto__'], outputs: ['m::a'] } },
    onOutput: (record) => written.push(record.toJson()),
  });
  await harness.sendTexts(messages);
  await harness.close();
  assert.deepEqual(harness.run.errors, []);
  return written;
};

const upload = (points: string): string =>
  `{"modelId":"m","payload":[{"measurepoints":{"z":1}},{"assetId":"x","time":1,"measurepoints":{${points}}}]}`;
const values = async (points: string): Promise<string[]> =>
  (await texts({ normalizerType: 'ORIGIN' }, upload(points))).map(
    (text) => /"value":(.*),"quality"/.exec(text)?.[1] ?? text,
  );

test('values keep all their digits and their spelling, wherever they stand', async () => {
  assert.deepEqual(await values('"a":9007199254740993,"b":{"quality":1,"value":1.10}'), ['9007199254740993', '1.10']);
  assert.deepEqual(await values('"a":[1.0, {"n":12345678901234567890}]'), ['[1.0, {"n":12345678901234567890}]']);
  assert.deepEqual(await values('"a" : 1, "a" : 2.50'), ['2.50']);
  assert.deepEqual(await values('"__proto__":1.0'), ['1.0']);
});

test('what is put out for storage keeps its bytes but for what operators have added', async () => {
  const record =
    '{"modelId":"m","assetId":"x","pointId":"a","time":1,"value":1.10,"serial":9007199254740993,"attr":{}}';
  assert.deepEqual(await texts({ normalizerType: 'CAL' }, record, record.replace('"attr":{}', '"attr":{"n":1.0}')), [
    record,
    record,
  ]);
});

test('the lineage of the service is read, and what is none is refused with a reason', () => {
  const { inputs, outputs } = lineage.decode({ inputs: ['m::a', 'n::b.c', 'power'], outputs: [] });
  assert.deepEqual([inputs.count, outputs.count, inputs.points.rowsOf('b.c', 'x', '/n/x').length], [3, 0, 1]);
  assert.deepEqual([...inputs.measurements], ['power']);
  for (const bad of [null, [], {}, { inputs: [] }, { inputs: ['m::'], outputs: [] }, { inputs: [7], outputs: [] }])
    assert.throws(() => lineage.decode(bad), /^Error: the lineage /);
});
