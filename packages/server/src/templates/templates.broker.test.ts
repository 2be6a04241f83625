import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type JsonObject, readPipelineDocument } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { createInlineCompiler } from '../compile/compile-document.ts';
import { createApiFixture } from '../http/testing/api-fixture.ts';
import { createCompileCheck } from '../lifecycle/compile-check.ts';
import { readLineage } from '../lineage/read-lineage.ts';
import { readRunDocument } from '../runs/run-store.ts';
import { readCheckedFacts } from '../use-case/organization-facts.ts';
import { checkTemplatePoints } from './check-points.ts';

// One embedded database for all, and organisations for each.
const cleanups: (() => unknown)[] = [];
let fixture: Awaited<ReturnType<typeof createApiFixture>>;
before(async () => {
  const compiler = createInlineCompiler(createRegistry(operators));
  fixture = await createApiFixture(
    { after: (cleanup) => void cleanups.push(cleanup) },
    {
      compile: ({ db }) =>
        createCompileCheck(
          compiler,
          (orgId, document) => readCheckedFacts(db, orgId, document),
          (orgId, points) => checkTemplatePoints(db, orgId, points),
        ),
    },
  );
});
after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

const START = { executionMode: '0', kafkaRate: '1000', resourceConfig: { server: '1' } };

/** The bodies of contract A.7 as they stand there, but for the tail that is cut off. */
const OLDER_SAMPLE = {
  version: '0.1.0',
  name: 'pipelineTestSP',
  desc: '',
  templateType: 5,
  templateName: 'Time Window Aggregation',
  messageChannel: '0',
  piDetail: false,
  points: [
    {
      inputPointId: 'test_raw',
      outputPointId: 'test_5min',
      detailOutputPointId: 'test_5min',
      minValue: '0',
      maxValue: '',
      maxValueInclude: false,
      minValueInclude: false,
      piDetailWindowSize: '5m',
      exceptionPolicy: '1',
    },
  ],
};
const SAMPLE = {
  templateType: 3,
  pipelineName: 'stream_power_calculation',
  templateName: 'Electric Energy Cal by Instant Power',
  version: '0.1.0',
  messageChannel: 0,
  desc: '',
  pipelineJson: { piDetail: true, points: [{ minValue: '0' }] as JsonObject[] },
};

const withOrganization = async () => {
  const { orgId, token } = await fixture.organization();
  const operate = async (pipelineId: string, action: string, body?: object): Promise<JsonObject> =>
    (
      await fixture.call(
        'POST',
        `/streaming/v2.0/streaming/pipeline/${pipelineId}?action=${action}&orgId=${orgId}`,
        body,
      )
    ).json;
  const save = async (body: object, pipelineId = 'null'): Promise<string> => {
    const answer = await operate(pipelineId, 'save', body);
    assert.equal(answer.code, 0, JSON.stringify(answer));
    return String(answer.data);
  };
  const details = async (pipelineId: string, ifReleased = false): Promise<JsonObject> =>
    (
      await fixture.call(
        'GET',
        `/streaming/v2.0/streaming/pipeline/${pipelineId}?orgId=${orgId}&ifReleased=${ifReleased}`,
      )
    ).json.data;
  /** What runs of the released version. */
  const stagesThatRun = async (pipelineId: string, version = 1) => {
    const { document } = await readRunDocument(fixture.deps.store.db, pipelineId, version);
    return readPipelineDocument(JSON.parse(document)).document?.stages ?? [];
  };
  return { orgId, token, operate, save, details, stagesThatRun };
};

test("the vendor's samples are saved, shown as they were, released and started", async () => {
  const { orgId, operate, save, details, stagesThatRun } = await withOrganization();
  const older = await save(OLDER_SAMPLE);
  const { piDetail, points } = OLDER_SAMPLE;
  assert.deepEqual((await details(older)).pipelineJson, { piDetail, points });
  const released = await operate(older, 'release');
  assert.deepEqual([released.code, released.data, released.submsg], [0, '', undefined]);
  assert.deepEqual((await details(older, true)).pipelineJson, { piDetail, points });
  assert.deepEqual(
    (await stagesThatRun(older)).map(({ instanceName }) => instanceName),
    ['EDHKafkaConsumer_01', 'PointSelector_01', 'EnergyIntegrator_01', 'EDHKafkaProducer_01'],
  );
  assert.deepEqual((await readLineage(fixture.deps, orgId, 0, undefined)).data, {
    inputs: ['*::test_raw'],
    outputs: ['*::test_5min'],
  });
  const started = await operate(older, 'start', START);
  assert.deepEqual([started.code, started.data], [0, '']);
});

test('a form that is not finished is saved and released, and refused at the start at its place', async () => {
  const { token, operate, save, details } = await withOrganization();
  const pipelineId = await save(SAMPLE);
  assert.deepEqual((await details(pipelineId)).pipelineJson, SAMPLE.pipelineJson);
  const released = await operate(pipelineId, 'release');
  assert.equal(released.code, 0);
  assert.match(String(released.submsg), /cannot be started.*\/points\/0\/inputPointId/);
  const refused = await operate(pipelineId, 'start', START);
  assert.equal(refused.code, 61100);
  assert.deepEqual(
    (refused.data as { issues: { code: string; path: string }[] }).issues.map(({ code, path }) => `${code} ${path}`),
    ['TEMPLATE_FIELD_NOT_VALID /points/0/inputPointId', 'TEMPLATE_FIELD_NOT_VALID /points/0/outputPointId'],
  );
  const finished = {
    ...SAMPLE.pipelineJson,
    points: [
      { minValue: '0', inputPointId: 'meter::kwh', outputPointId: 'meter::day', detailOutputPointId: 'meter::5m' },
    ],
  };
  await save({ pipelineJson: finished }, pipelineId);
  assert.deepEqual(await operate(pipelineId, 'release').then(({ code, submsg }) => [code, submsg]), [0, undefined]);
  assert.equal((await operate(pipelineId, 'start', START)).code, 0);
  // Each version has its form, and what was made of it.
  const versionOf = async (number: number, query = '') =>
    (await fixture.call('GET', `pipelines/${pipelineId}/versions/${number}${query}`, undefined, token)).json;
  assert.deepEqual(await versionOf(2), finished);
  assert.deepEqual(await versionOf(1, '?compiled=true'), {});
  assert.deepEqual(
    readPipelineDocument(await versionOf(2, '?compiled=true')).document?.stages.map(({ label }) => label),
    ['EDH Kafka Consumer', 'Point Selector', 'Energy Integrator', 'EDH Kafka Producer'],
  );
});

test('days are those of the organisation as of the release, and a release after a change is another version', async () => {
  const { orgId, token, operate, save, stagesThatRun } = await withOrganization();
  const zoneOf = async (pipelineId: string, version: number) =>
    (await stagesThatRun(pipelineId, version))
      .find(({ instanceName }) => instanceName === 'EnergyIntegrator_01')
      ?.configuration.get('timeZone');
  const setZone = (timeZone: string) => fixture.call('PATCH', `organizations/${orgId}`, { timeZone }, token);
  const pipelineId = await save(OLDER_SAMPLE);
  await operate(pipelineId, 'release');
  const { status, json } = await setZone('Asia/Shanghai');
  assert.deepEqual([status, json.timeZone], [200, 'Asia/Shanghai']);
  assert.equal(await zoneOf(pipelineId, 1), 'UTC');
  await operate(pipelineId, 'release');
  assert.deepEqual([await zoneOf(pipelineId, 1), await zoneOf(pipelineId, 2)], ['UTC', 'Asia/Shanghai']);
  const refused = await setZone('Mars/Olympus');
  assert.deepEqual([refused.status, refused.json.code], [400, 'FIELD_INVALID']);
});

test('points are held to the types of their models, where these are known', async () => {
  const { orgId, token, operate, save } = await withOrganization();
  const model = async (points: object[]): Promise<void> => {
    const response = await fixture.app.inject({
      method: 'PUT',
      url: `/api/v1/organizations/${orgId}/asset-models/meter`,
      headers: { authorization: `Bearer ${token}`, 'if-match': '*' },
      payload: { points },
    });
    assert.ok(response.statusCode < 300, response.body);
  };
  await model([
    { pointId: 'kwh', dataType: 'STRING' },
    { pointId: 'day', dataType: 'DOUBLE', signalType: 'AI' },
    { pointId: 'open' },
  ]);
  const points = [
    { inputPointId: 'meter::kwh', outputPointId: 'meter::day' },
    { inputPointId: 'meter::open', outputPointId: 'meter::unknown' },
  ];
  const { json } = await fixture.call('POST', 'validate', { templateType: 4, document: { points }, orgId }, token);
  assert.deepEqual(
    json.issues.map(({ code, path }: { code: string; path: string }) => [code, path]),
    [
      ['TEMPLATE_POINT_TYPE_NOT_VALID', '/points/0/inputPointId'],
      ['TEMPLATE_POINT_TYPE_NOT_VALID', '/points/0/outputPointId'],
    ],
  );
  const pipelineId = await save({ templateType: 4, name: 'typed', pipelineJson: { points } });
  await operate(pipelineId, 'release');
  assert.equal((await operate(pipelineId, 'start', START)).code, 61100);
  await model([
    { pointId: 'kwh', dataType: 'FLOAT' },
    { pointId: 'day', dataType: 'DOUBLE', signalType: 'PI' },
  ]);
  assert.equal((await operate(pipelineId, 'start', START)).code, 0);
});

test('validating a form shows the stages it stands for; a preview runs them', async () => {
  const { orgId, token } = await withOrganization();
  const document = { points: [{ inputPointId: 'm::p', outputPointId: 'm::q', maxValue: '10', windowSize: '1m' }] };
  const { json } = await fixture.call('POST', 'validate', { templateType: 0, document, orgId }, token);
  assert.deepEqual([json.valid, json.issues], [true, []]);
  assert.deepEqual(json.plan.parts[0].stages, [
    'ThresholdSelector_01',
    'FixedTimeWindowAggregator_01',
    'EDHKafkaProducer_01',
  ]);
  assert.deepEqual(
    readPipelineDocument(json.compiled).document?.stages.map(({ label }) => label),
    ['EDH Kafka Consumer', 'Threshold Selector', 'Fixed Time Window Aggregator', 'EDH Kafka Producer'],
  );
  const record = { orgId, modelId: 'm', modelIdPath: '/m', assetId: 'a', pointId: 'p', quality: 0, attr: {} };
  const records = [
    { ...record, time: 1_767_225_600_000, value: 4 },
    { ...record, time: 1_767_225_610_000, value: 11 },
    { ...record, time: 1_767_225_620_000, value: 6 },
    { ...record, time: 1_767_225_660_000, value: 1 },
  ];
  const preview = await fixture.call('POST', 'preview', { templateType: 0, document, orgId, records }, token);
  assert.equal(preview.status, 200, preview.text);
  const window = preview.json.stages.find(
    ({ instanceName }: JsonObject) => instanceName === 'FixedTimeWindowAggregator_01',
  );
  assert.deepEqual(
    window.output.map(({ pointId, time, value }: JsonObject) => [pointId, time, value]),
    [['q', 1_767_225_600_000, 5]],
  );
});

test('the forms of all templates are told in both languages', async () => {
  const { token } = await withOrganization();
  const read = async (query: string) => (await fixture.call('GET', `templates${query}`, undefined, token)).json.items;
  const [english, chinese] = [await read(''), await read('?language=zh')];
  assert.deepEqual(
    english.map(({ templateType }: JsonObject) => templateType),
    chinese.map(({ templateType }: JsonObject) => templateType),
  );
  const [window] = english;
  assert.deepEqual([window.templateType, window.label], [0, 'Time Window Aggregation']);
  assert.equal(window.form.properties.latency.default, '0 second');
  assert.equal(chinese[0].form.properties.latency.title, '延迟设置');
});
