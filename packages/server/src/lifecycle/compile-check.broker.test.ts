import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, TopicGrant } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { createInlineCompiler } from '../compile/compile-document.ts';
import { createTestModes } from '../runs/testing/test-modes.ts';
import { createCompileCheck, createFindStageState } from './compile-check.ts';

const registry = createRegistry(operators);
const granted: TopicGrant[] = [];
const installed: string[] = ['0.1.0'];
const compile = createCompileCheck(createInlineCompiler(registry), async () => ({
  topicGrants: granted,
  connections: [],
  timeZone: 'UTC',
  libraries: installed,
}));
const modes = createTestModes();
const facts = { pipelineId: 'p', orgId: 'o1', messageChannel: 0 } as const;

const nameOf = (id: string): string => operators.find((operator) => operator.id === id)?.stageName ?? '';

/** A chain of stages by operator id. */
const chain = (
  ...stages: readonly (readonly [id: string, instanceName: string, config?: JsonObject])[]
): JsonObject => ({
  pipelineConfig: {
    stages: stages.map(([id, instanceName, config = {}], at) => ({
      instanceName,
      stageName: nameOf(id),
      configuration: Object.entries(config).map(([name, value]) => ({ name, value })),
      inputLanes: at === 0 ? [] : [`lane${at - 1}`],
      outputLanes: at === stages.length - 1 ? [] : [`lane${at}`],
    })),
  },
});

test('a document that runs names its source topic', async () => {
  const document = chain(['edh-kafka-consumer', 'EDHKafkaConsumer_01'], ['trash', 'Trash_01']);
  assert.deepEqual(await compile(document, facts), {
    issues: [],
    sourceTopics: ['MEASURE_POINT_INTERNAL_o1'],
    claims: [],
    lineage: { inputs: [], outputs: [] },
    flows: { reads: ['MEASURE_POINT_INTERNAL_o1'], writes: [], flows: [] },
  });
});

test('a document that does not run says where', async () => {
  const unknown = await compile(chain(['edh-kafka-consumer', 'EDHKafkaConsumer_01'], ['nothing', 'Nothing_01']), facts);
  assert.deepEqual(
    unknown.issues.map(({ code, path, severity }) => [code, path, severity]),
    [['STAGE_OPERATOR_UNKNOWN', '/pipelineConfig/stages/1/stageName', 'error']],
  );
  assert.equal(unknown.sourceTopics, undefined);
  assert.ok((await compile({}, facts)).issues.length > 0);
});

test('topics beside the own six are for whom they were granted to, to read or to write', async (t) => {
  t.after(() => granted.splice(0));
  const document = chain(
    ['edh-kafka-consumer', 'In', { 'kafkaConfigBean.topic': 'wind.raw' }],
    ['edh-kafka-producer', 'Out', { 'conf.topic': 'wind.clean' }],
  );
  const codes = async () => (await compile(document, facts)).issues.map(({ code, stage }) => `${stage} ${code}`);
  const refusals = async () => (await codes()).filter((code) => code.endsWith('STAGE_TOPIC_NOT_GRANTED'));
  assert.deepEqual(await refusals(), ['In STAGE_TOPIC_NOT_GRANTED', 'Out STAGE_TOPIC_NOT_GRANTED']);
  granted.push({ pattern: 'wind.*', read: true, write: false });
  assert.deepEqual(await refusals(), ['Out STAGE_TOPIC_NOT_GRANTED']);
  granted.push({ pattern: 'wind.clean', read: false, write: true });
  assert.deepEqual(await refusals(), []);
  assert.deepEqual((await compile(document, facts)).sourceTopics, ['wind.raw']);
});

test('a source for Standalone Mode only is refused in Cluster Mode', async () => {
  const document = chain(['dev-raw-data-source', 'DevRawDataSource_01', { rawData: '{}' }], ['trash', 'Trash_01']);
  const codes = async (executionMode: 0 | 1) =>
    (await compile(document, { ...facts, mode: modes.of(executionMode) })).issues.map(({ code, path }) => [code, path]);
  assert.deepEqual(await codes(0), []);
  assert.deepEqual(await codes(1), [['STAGE_NOT_IN_CLUSTER', '/pipelineConfig/stages/0/stageName']]);
});

test('the state of a stage is shown as its operator shows it', async () => {
  const find = createFindStageState(registry);
  const document = chain(
    ['edh-kafka-consumer', 'EDHKafkaConsumer_01'],
    ['late-point-tagger', 'LatePointTagger_01'],
    ['trash', 'Trash_01'],
  );
  assert.equal(await find('o1', document, 'LatePointTagger_02'), 'stage-unknown');
  assert.equal(await find('o1', document, 'Trash_01'), 'no-state');
  assert.equal(await find('o1', {}, 'Trash_01'), 'stage-unknown');
  const tagger = operators.find(({ id }) => id === 'late-point-tagger');
  assert.ok(tagger?.kind === 'processor' && tagger.state !== undefined);
  const view = await find('o1', document, 'LatePointTagger_01');
  assert.ok(typeof view === 'object');
  assert.deepEqual(view.owners, ['"LatePointTagger_01"']);
  const keyOf = (version: number) =>
    ({ owner: { stage: 'LatePointTagger_01' }, store: 'state', version, key: ['a', 'p'] }) as const;
  assert.throws(() => view.toItem(keyOf(2), {}), { code: 'STAGE_STATE_NOT_CURRENT' });
  // As the changelog holds it where the records of a key come one way.
  assert.deepEqual(view.toItem(keyOf(1), { time: 1_582_648_020_580 }), {
    assetId: 'a',
    pointId: 'p',
    time: 1_582_648_020_580,
  });
});

test('the state of a merger is found by the asset and point of its entries, under whichever tag', async () => {
  const find = createFindStageState(registry);
  const inputOutput = [{ inputPoint: 'm::t', isTrigger: true, outputPoint: 'm::u' }];
  const document = chain(
    ['edh-kafka-consumer', 'EDHKafkaConsumer_01'],
    ['latest-record-merger', 'LatestRecordMerger_01', { inputOutput }],
    ['trash', 'Trash_01'],
  );
  const view = await find('o1', document, 'LatestRecordMerger_01');
  assert.ok(typeof view === 'object');
  const owner = { stage: 'LatestRecordMerger_01' };
  const entry = { owner, store: 'latest', version: 1, key: ['tag', 'a', 'p'] } as const;
  assert.deepEqual(view.pointOf(entry), ['a', 'p']);
  assert.deepEqual(view.toItem(entry, [7, '{"assetId":"a","pointId":"p","time":7}']), {
    assetId: 'a',
    pointId: 'p',
    time: 7,
  });
  assert.deepEqual(view.pointOf({ ...entry, store: 'gone', key: ['a'] }), ['a', '']);
});
