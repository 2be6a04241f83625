import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { consumer, documentOf } from '@penstock/testkit';
import { createFreshStores } from '../../../runs/testing/fresh-store.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const freshStore = createFreshStores();
const fixture = async (t: TestContext) => createApiFixture(t, { store: await freshStore(t) });

/** The demo's document: a complete one. */
const document = () =>
  JSON.parse(
    readFileSync(new URL('../../../../../../dev/src/demo/pipelines/wind-farm/pipeline.json', import.meta.url), 'utf8'),
  );

interface Row {
  name: string;
  value: unknown;
}
const setConfig = (doc: ReturnType<typeof document>, prefix: string, name: string, value: unknown) => {
  const { stages } = doc.pipelineConfig ?? doc;
  const stage = stages.find((each: { instanceName: string }) => each.instanceName.startsWith(prefix));
  const row = stage.configuration.find((each: Row) => each.name === name);
  if (row === undefined) stage.configuration.push({ name, value });
  else row.value = value;
  return doc;
};

test('a good document is valid and its plan is shown; as text as well', async (t) => {
  const { call } = await fixture(t);
  const { json } = await call('POST', 'validate', { document: document() });
  assert.deepEqual([json.valid, json.issues, json.plan.parts.length], [true, [], 1]);
  const [source] = (document().pipelineConfig ?? document()).stages;
  assert.deepEqual(json.plan.sources, [{ stage: source.instanceName, topic: json.plan.parts[0].source }]);
  assert.equal((await call('POST', 'validate', { document: JSON.stringify(document()) })).json.valid, true);
});

test('a bad document is answered with issues, not with an error', async (t) => {
  const { call } = await fixture(t);
  for (const bad of [
    {},
    [],
    '[1]',
    '{"a":',
    'null',
    { pipelineConfig: { stages: 7 } },
    { stages: [{}] },
    { stages: [null] },
  ]) {
    const answer = await call('POST', 'validate', { document: bad });
    const isRefused = Array.isArray(bad) ? answer.status === 400 : answer.status === 200 && answer.json.valid === false;
    assert.ok(isRefused && answer.json.issues.length > 0, JSON.stringify(bad));
  }
});

test('a document that is text but no JSON object says so, for a preview as well', async (t) => {
  const { call } = await fixture(t);
  const deep = `{"stages":${'['.repeat(5000)}${']'.repeat(5000)}}`;
  for (const [text, message] of [
    ['{"a":', /^The document is not JSON: /],
    ['null', /^The document must be a JSON object\.$/],
    ['[1]', /^The document must be a JSON object\.$/],
    [deep, /^The document is nested deeper than /],
  ] as const) {
    for (const path of ['validate', 'preview']) {
      const { status, json } = await call('POST', path, { document: text });
      assert.deepEqual(
        [status, json.issues.length, json.issues[0].code],
        [200, 1, 'DOCUMENT_INVALID'],
        `${path} ${text}`,
      );
      assert.match(json.issues[0].message, message);
    }
  }
});

test('topics of other organisations and of the service itself are refused', async (t) => {
  const { call, organization } = await fixture(t);
  const { orgId, token } = await organization();
  const codes = async (topic: string): Promise<string[]> => {
    const body = { document: setConfig(document(), 'EDHKafkaConsumer', 'kafkaConfigBean.topic', topic), orgId };
    return (await call('POST', 'validate', body, token)).json.issues.map(({ code }: { code: string }) => code);
  };
  for (const topic of [
    'MEASURE_POINT_INTERNAL_o-other',
    'PENSTOCK_DEAD_LETTERS_o-other',
    'penstock-state-x',
    '__consumer_offsets',
  ]) {
    assert.ok((await codes(topic)).includes('STAGE_TOPIC_FORBIDDEN'), topic);
  }
  assert.ok(!(await codes(`MEASURE_POINT_ORIGIN_${orgId}`)).includes('STAGE_TOPIC_FORBIDDEN'));
  assert.ok(!(await codes('my-own-topic')).includes('STAGE_TOPIC_FORBIDDEN'));
});

test('a preview shows what every stage made of the given records, by the real engine', async (t) => {
  const { call, organization } = await fixture(t);
  const { orgId, token } = await organization();
  const records = [
    { orgId, modelId: 'm', modelIdPath: '/m', assetId: 'a', pointId: 'none', time: 1, value: 1, quality: 0, attr: {} },
  ];
  const { status, json } = await call('POST', 'preview', { document: document(), orgId, records }, token);
  assert.deepEqual([status, json.issues], [200, []]);
  assert.ok(json.stages.length >= 4);
  assert.deepEqual(json.stages[0].output, records);
  const selector = json.stages.find(({ instanceName }: { instanceName: string }) =>
    instanceName.startsWith('PointSelector'),
  );
  assert.deepEqual([selector.input, selector.output, selector.dropped.length], [records, [], 1]);
});

test('a preview takes messages that are no records, and shows what becomes of them', async (t) => {
  const { call, organization } = await fixture(t);
  const { orgId, token } = await organization();
  const messages = [
    '{"assetId":"a","b',
    '',
    null,
    '[1]',
    '{"modelId":"m","assetId":"a","pointId":"p","time":1,"value":1}',
  ];
  const { status, json } = await call('POST', 'preview', { document: document(), orgId, messages }, token);
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(json.stages[0].errors.length, 4);
  assert.equal(json.stages[0].output.length, 1);
});

test('a preview whose records are asked for as texts keeps every digit of their numbers', async (t) => {
  const { call, organization } = await fixture(t);
  const { orgId, token } = await organization();
  const message = '{"modelId":"m","assetId":"a","pointId":"p","time":1,"value":9007199254740993.10}';
  const body = { document: document(), orgId, messages: [message], asText: true };
  const { status, json } = await call('POST', 'preview', body, token);
  assert.deepEqual([status, json.stages[0].output], [200, [message]]);
});

test('a preview learns of the assets of its own organisation', async (t) => {
  const { call, organization } = await fixture(t);
  const [one, other] = [await organization(), await organization()];
  for (const { orgId, token } of [one, other]) {
    const file = { models: [{ modelId: 'm' }], assets: [{ assetId: 'a', modelId: 'm', attributes: { of: orgId } }] };
    assert.equal((await call('POST', `organizations/${orgId}/assets/import`, file, token)).status, 200);
  }
  const config = { inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::p' }] };
  const looking = documentOf([
    consumer('MEASURE_POINT_INTERNAL'),
    { name: 'AssetLookup_01', label: 'Asset Lookup', from: ['EDHKafkaConsumer_01'], config },
    { name: 'Trash_01', label: 'Trash', from: ['AssetLookup_01'] },
  ]);
  const records = ['a', 'b'].map((assetId) => ({ assetId, modelId: 'm', modelIdPath: '/m', pointId: 'p', time: 1 }));
  const body = { document: looking, orgId: one.orgId, records };
  const { status, json } = await call('POST', 'preview', body, one.token);
  assert.equal(status, 200);
  const { output } = json.stages.find(
    ({ instanceName }: { instanceName: string }) => instanceName === 'AssetLookup_01',
  );
  assert.deepEqual(
    output.map(({ attr }: { attr: object }) => attr),
    [
      { tslAssetLookup: { id: 'a', attributes: { of: one.orgId }, tags: {}, extra: {} } },
      { tslAssetLookup: { id: 'b', attributes: {}, tags: {}, extra: {} } },
    ],
  );
});

test('a preview of nothing, of a broken document, or without Kafka says so', async (t) => {
  const { call } = await fixture(t);
  assert.equal((await call('POST', 'preview', {})).status, 400);
  const broken = await call('POST', 'preview', { document: {}, records: [] });
  assert.deepEqual([broken.status, broken.json.stages, broken.json.issues.length > 0], [200, [], true]);
  const live = await call('POST', 'preview', { document: document(), live: { maxRecords: 1 } });
  assert.deepEqual([live.status, live.json.code], [422, 'PREVIEW_KAFKA_MISSING']);
});
