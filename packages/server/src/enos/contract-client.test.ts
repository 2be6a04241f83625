import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { stateKey } from '@penstock/engine';
import fc from 'fast-check';
import { applyObservation } from '../lifecycle/apply-observation.ts';
import { changeKafkaRate } from '../lifecycle/change-rate.ts';
import { findPipeline } from '../pipelines/find-pipeline.ts';
import { getVersion, listVersions } from '../pipelines/read-pipelines.ts';
import { revertPipeline } from '../pipelines/revert-pipeline.ts';
import { runEvents, samples } from '../store/schema.ts';
import {
  type CallOptions,
  createEnosClient,
  createEnosFixture,
  documentOf,
  type EnosClient,
  type EnosFixture,
} from './testing/enos-fixture.ts';

// A client that knows the contract and nothing else of the service.
suite('the EnOS API as the contract describes it', () => {
  const cleanups: (() => unknown)[] = [];
  let fixture: EnosFixture;
  let client: EnosClient;
  let orgId: string;
  before(async () => {
    fixture = await createEnosFixture({ after: (cleanup: () => unknown) => cleanups.push(cleanup) });
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });
  // Each test has an organization of its own.
  const newClient = async (grants: Parameters<EnosFixture['organization']>[0] = { standaloneCu: 4 }) => {
    client = createEnosClient(fixture, await fixture.organization(grants));
    orgId = client.org.orgId;
  };
  const operate = async (pipelineId: string, action: string, options: CallOptions = {}) =>
    (
      await client.call('POST', `streaming/pipeline/${pipelineId}`, {
        query: `orgId=${orgId}&action=${action}`,
        ...options,
      })
    ).json;
  const save = async (body: unknown, pipelineId = 'null'): Promise<string> => {
    const { code, data, submsg } = await operate(pipelineId, 'save', { body });
    assert.equal(code, 0, submsg);
    return data;
  };
  const details = async (pipelineId: string, ifReleased = false) =>
    client.call('GET', `streaming/pipeline/${pipelineId}`, { query: `orgId=${orgId}&ifReleased=${ifReleased}` });
  const list = async (query = '') =>
    (await client.call('GET', 'streaming/pipelines', { query: `orgId=${orgId}${query}` })).json.data;
  const observe = async (pipelineId: string, ...seen: Parameters<typeof applyObservation>[2][]) => {
    const { currentRunId } = await findPipeline(fixture.deps.store.db, orgId, pipelineId);
    for (const observation of seen) await applyObservation(fixture.deps, currentRunId ?? '', observation);
  };
  const target = (pipelineId: string) => ({ orgId, pipelineId, actor: 'test' });

  test('a document comes back as the text it was: unknown fields, number spelling, order, blanks', async () => {
    await newClient();
    const document =
      '{ "pipelineConfig" : {"stages":[ ], "z":1e2, "a":12345678901234567890, "pi":3.10,\n "__proto__":{"x":1}, "é":"\\u00e9\\ud800"} , "pipelineRules":null,"x":1,"x":2 }';
    const pipelineId = (await operate('null', 'save', { text: `{"name":"N","pipelineJson":${document},"more":[1]}` }))
      .data;
    assert.ok((await details(pipelineId)).text.endsWith(`"pipelineJson":${document}}}`));
    // The same document as a text in the body.
    await save({ pipelineJson: ` ${document}\n` }, pipelineId);
    assert.ok((await details(pipelineId)).text.endsWith(`"pipelineJson":${document}}}`));
    await operate(pipelineId, 'release');
    assert.ok((await details(pipelineId, true)).text.endsWith(`"pipelineJson":${document}}}`));
  });

  test('any document survives saving, in either form', async () => {
    await newClient();
    const pipelineId = await save({ name: 'Any' });
    const anything = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()));
    const check = fc.asyncProperty(anything, fc.boolean(), async (extra, asText) => {
      const document = { stages: [], extra };
      await save({ pipelineJson: asText ? JSON.stringify(document) : document }, pipelineId);
      assert.equal(JSON.stringify((await details(pipelineId)).json.data.pipelineJson), JSON.stringify(document));
    });
    await fc.assert(check, { numRuns: 60 });
  });

  test('save takes the field names of table and sample, and details answer one form', async () => {
    await newClient();
    const sample = {
      templateType: '1',
      pipelineName: 'stream_power_calculation',
      templateName: { zh_cn: '电', en_us: 'Electric' },
      version: '0.1.0',
      messageChannel: '1',
      desc: 'line one\nline two',
      pipelineJson: documentOf(),
    };
    const pipelineId = await save(sample);
    const shown = {
      pipelineId,
      pipelineName: 'stream_power_calculation',
      messageChannel: 1,
      templateType: 1,
      templateName: 'Electric',
      version: '0.1.0',
      desc: 'line one\nline two',
      pipelineJson: documentOf(),
    };
    const { json } = await details(pipelineId);
    assert.deepEqual(json, { code: 0, msg: 'OK', requestId: json.requestId, data: shown });
    // What is not given stays as it is; `name` wins over `pipelineName`.
    assert.equal(await save({ name: 'renamed', pipelineName: 'ignored' }, pipelineId), pipelineId);
    assert.deepEqual((await details(pipelineId)).json.data, { ...shown, pipelineName: 'renamed' });
  });

  test('a pipeline can be created from nothing, named after its document or not at all', async () => {
    await newClient();
    const empty = await save({});
    const expected = {
      pipelineName: 'Untitled pipeline',
      messageChannel: 0,
      templateType: 1,
      templateName: '',
      version: '0.1.0',
      desc: '',
      pipelineJson: {},
    };
    assert.deepEqual((await details(empty)).json.data, { pipelineId: empty, ...expected });
    const titled = await save({ pipelineJson: documentOf({ title: 'From the title' }) });
    assert.equal((await details(titled)).json.data.pipelineName, 'From the title');
    assert.deepEqual(await operate(empty, 'release').then(({ code, data }) => [code, data.issues[0].code]), [
      61100,
      'DOCUMENT_REQUIRED',
    ]);
  });

  test('template pipelines are kept in both shapes of the contract, and refused at the release', async () => {
    await newClient();
    const points = [{ inputPointId: 'raw', minValue: '0', maxValueInclude: false }];
    const pipelineJson = await save({ templateType: 3, name: 'T', pipelineJson: { piDetail: true, points } });
    assert.deepEqual((await details(pipelineJson)).json.data.pipelineJson, { piDetail: true, points });
    const form = await save({ templateType: 5, name: 'F', messageChannel: '0', piDetail: false, points });
    assert.deepEqual((await details(form)).json.data.pipelineJson, { piDetail: false, points });
    // A later change need not say the type again.
    await save({ pipelineJson: { points: [] } }, form);
    const refused = await operate(form, 'release');
    assert.deepEqual([refused.code, refused.data.issues[0].code], [61100, 'TEMPLATE_NOT_SUPPORTED']);
    assert.equal(
      (await operate(form, 'start', { body: { executionMode: 0 } })).msg,
      'Stream processing job with status [EDITED] cannot be started.',
    );
  });

  test('lists are paged, last changed first, and split by release', async () => {
    await newClient();
    const ids: string[] = [];
    for (let i = 0; i < 12; i += 1) {
      ids.unshift(await save({ name: `P${i}`, pipelineJson: documentOf() }));
      fixture.advance(1000);
    }
    const [newest = ''] = ids;
    await operate(newest, 'release');
    const names = (page: { pipelines: { pipelineName: string }[] }) =>
      page.pipelines.map(({ pipelineName }) => pipelineName);
    const first = await list();
    assert.deepEqual([first.count, names(first)], [11, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((i) => `P${i}`)]);
    assert.deepEqual(names(await list('&pageNo=2')), ['P0']);
    assert.deepEqual(names(await list('&pageNo=3&pageSize=5')), ['P0']);
    assert.deepEqual(await list('&isSystem=true'), { count: 0, pipelines: [] });
    const { count, pipelines } = await list('&ifReleased=true');
    const { updateTime, ...entry } = pipelines[0];
    assert.ok(!Number.isNaN(Date.parse(updateTime)));
    assert.deepEqual(
      [count, entry],
      [
        1,
        {
          orgId,
          status: 'PUBLISHED',
          version: '0.1.0',
          pipelineId: newest,
          pipelineName: 'P11',
          alarmConfig: '{}',
          templateType: 1,
          executionMode: 0,
          templateName: '',
          messageChannel: 0,
          desc: '',
          kafkaRate: 1000,
          resourceConfig: null,
        },
      ],
    );
  });

  test('the released copy stays as it is while the design goes on, until the next release; versions are kept', async () => {
    await newClient();
    const pipelineId = await save({ name: 'One', pipelineJson: documentOf({ v: 1 }), alarmConfig: '{"alarmMode":1}' });
    assert.equal((await details(pipelineId, true)).json.code, 61108);
    await operate(pipelineId, 'release');
    await save({ name: 'Two', pipelineJson: documentOf({ v: 2 }) }, pipelineId);
    const shown = async (ifReleased: boolean) => {
      const { pipelineName, pipelineJson } = (await details(pipelineId, ifReleased)).json.data;
      return [pipelineName, pipelineJson.pipelineConfig.v];
    };
    assert.deepEqual(
      [await shown(true), await shown(false)],
      [
        ['One', 1],
        ['Two', 2],
      ],
    );
    const [listed] = (await list('&ifReleased=true')).pipelines;
    assert.deepEqual([listed.pipelineName, listed.alarmConfig], ['One', '{"alarmMode":1}']);
    await operate(pipelineId, 'release');
    assert.deepEqual(
      [await shown(true), await shown(false)],
      [
        ['Two', 2],
        ['Two', 2],
      ],
    );
    await save({ name: 'Three' }, pipelineId);
    await revertPipeline(fixture.deps, target(pipelineId));
    assert.deepEqual(await shown(false), ['Two', 2]);
    const versions = await listVersions(fixture.deps, target(pipelineId));
    assert.deepEqual(
      versions.map(({ number, name, isOnline }) => [number, name, isOnline]),
      [
        [2, 'Two', true],
        [1, 'One', false],
      ],
    );
    assert.equal((await getVersion(fixture.deps, { ...target(pipelineId), number: 1 })).name, 'One');
    await assert.rejects(getVersion(fixture.deps, { ...target(pipelineId), number: 3 }), {
      code: 'PIPELINE_VERSION_UNKNOWN',
    });
  });

  test('start has its six errors, each for its reason, in their order', async () => {
    await newClient({});
    const released = async (document = documentOf()) => {
      const id = await save({ name: 'P', pipelineJson: document });
      await operate(id, 'release');
      return id;
    };
    const good = { executionMode: 0, kafkaRate: 1000, resourceConfig: { server: 1 } };
    const start = async (id: string, body: unknown = good) => {
      const { code, msg } = await operate(id, 'start', { body });
      return [code, msg];
    };
    const broken = await released(documentOf({ broken: true }));
    const fine = await released();

    assert.deepEqual(await start('565c0114-9585-4372-86d1-50dde5ab8ce4', 'nonsense'), [
      61108,
      'stream processing pipeline does not exit.',
    ]);
    assert.deepEqual(await start(await save({ name: 'draft' }), 'nonsense'), [
      61165,
      'Stream processing job with status [EDITED] cannot be started.',
    ]);
    assert.deepEqual(await start(broken), [61100, 'The Stream configuration JSON is invalid.']);
    const both = await operate(broken, 'start', { body: { executionMode: 9 } });
    assert.deepEqual(
      both.data.issues.map(({ path }: { path: string }) => path),
      ['/executionMode', '/pipelineConfig/stages/0'],
    );
    const noGrant = (resource: string) => [
      61128,
      `Your organization has not requested ${resource} processing resource. Please request the resource and then start the jobs.`,
    ];
    const notEnough = [
      61126,
      'Allocated resource is not enough to start a stream processing job. Please check the resource configuration.',
    ];
    assert.deepEqual(await start(fine), noGrant('Standalone'));
    assert.deepEqual(await start(fine, { ...good, executionMode: 1 }), noGrant('Cluster'));

    await newClient({ standaloneCu: 2, serverCu: 1, yarnCu: 3 });
    const [a, b] = [await released(), await released()];
    assert.deepEqual(await start(a, { ...good, resourceConfig: 2.5 }), notEnough);
    const yarn = { workerCount: 2, master: 1, slave: 1 };
    assert.deepEqual(
      await start(a, { ...good, executionMode: 1, resourceConfig: { yarn: { ...yarn, slave: 2 } } }),
      notEnough,
    );
    // Within the grants, but there is no cluster: said so.
    const noCluster = await operate(a, 'start', { body: { ...good, executionMode: 1, resourceConfig: { yarn } } });
    assert.deepEqual([noCluster.code, noCluster.msg], notEnough);
    assert.match(noCluster.submsg, /No cluster is configured/);
    assert.deepEqual(await start(a), [0, 'OK']);
    assert.deepEqual(await start(b, 'nonsense'), [
      61121,
      'Another user in the organization is starting a stream processing job. Please try again later.',
    ]);
    assert.deepEqual(await start(a), [61165, 'Stream processing job with status [STARTING] cannot be started.']);
  });

  test('a source topic that was repartitioned under kept state is refused until the state is cleared', async () => {
    await newClient();
    const pipelineId = await save({ pipelineJson: documentOf() });
    await operate(pipelineId, 'release');
    const start = () => operate(pipelineId, 'start', { body: { executionMode: 0 } });
    fixture.kafka.partitions.set('source', 4);
    assert.equal((await start()).code, 0);
    await observe(pipelineId, 'workerRunning');
    await operate(pipelineId, 'pause');
    await observe(pipelineId, 'workerStopped');
    fixture.kafka.partitions.set('source', 6);
    const refused = await start();
    assert.deepEqual([refused.code, refused.data.issues[0].code], [61100, 'SOURCE_PARTITIONS_CHANGED']);
    await operate(pipelineId, 'stop');
    await observe(pipelineId, 'workerStopped');
    assert.equal((await start()).code, 0);
    fixture.kafka.partitions.clear();
  });

  test('pause and stop name the state they cannot leave', async () => {
    await newClient();
    const pipelineId = await save({ pipelineJson: documentOf() });
    const say = async (action: string) => (await operate(pipelineId, action)).msg;
    const cannot = (from: string, to: string) =>
      `Status of the stream processing job cannot be changed from [${from}] to ${to}.`;
    assert.equal(await say('pause'), cannot('EDITED', 'Paused'));
    assert.equal(await say('stop'), cannot('EDITED', 'Stopped'));
    await operate(pipelineId, 'release');
    assert.equal(await say('stop'), cannot('PUBLISHED', 'Stopped'));
    await operate(pipelineId, 'start', { body: { executionMode: 0 } });
    assert.equal(await say('pause'), cannot('STARTING', 'Paused'));
    assert.equal(
      await say('release'),
      'Failed to release the stream processing pipeline because it is not stopped or paused.',
    );
    await observe(pipelineId, 'workerRunning');
    await operate(pipelineId, 'pause');
    assert.equal(await say('pause'), cannot('PAUSING', 'Paused'));
    await observe(pipelineId, 'workerStopped');
    assert.equal(await say('pause'), cannot('PAUSED', 'Paused'));
    await operate(pipelineId, 'stop');
    assert.equal(await say('stop'), cannot('STOPPING', 'Stopped'));
    await observe(pipelineId, 'workerStopped');
    assert.equal(await say('stop'), cannot('STOPPED', 'Stopped'));
    assert.equal(await say('release'), 'OK');
  });

  test('a pipeline in error says so, and can be started, stopped and released', async () => {
    await newClient();
    const pipelineId = await save({ pipelineJson: documentOf() });
    await operate(pipelineId, 'release');
    const start = () => operate(pipelineId, 'start', { body: { executionMode: 0 } });
    await start();
    await observe(pipelineId, 'startFailed');
    assert.equal((await list('&ifReleased=true')).pipelines[0].status, 'START_ERROR');
    assert.equal(
      (await operate(pipelineId, 'pause')).msg,
      'Status of the stream processing job cannot be changed from [START_ERROR] to Paused.',
    );
    assert.equal((await start()).code, 0);
    await observe(pipelineId, 'workerRunning', 'workerFailed');
    assert.equal((await list('&ifReleased=true')).pipelines[0].status, 'RUN_ERROR');
    assert.equal((await operate(pipelineId, 'stop')).code, 0);
    await observe(pipelineId, 'workerStopped');
    const codes = (await fixture.deps.store.db.select().from(runEvents))
      .filter((event) => event.pipelineId === pipelineId)
      .map(({ code }) => code);
    assert.deepEqual(codes, [
      'RELEASED',
      'START_ACCEPTED',
      'START_FAILED',
      'START_ACCEPTED',
      'RUN_RUNNING',
      'RUN_FAILED',
      'STOP_ACCEPTED',
      'RUN_ENDED',
    ]);
  });

  test('offset and lag are a series of sums, oldest first, of the last hour sampled', async () => {
    await newClient();
    const pipelineId = await save({ pipelineJson: documentOf() });
    const path = `streaming/pipeline/${pipelineId}/offset-lag`;
    assert.deepEqual((await client.call('GET', path)).json.data, { topicName: '', lagAndOffset: [], pipelineId });
    const sample = (at: number, lag: number) => ({
      pipelineId,
      runId: 'r',
      at,
      topic: 'T',
      lag,
      offset: 6_094_977 + at,
      recordsIn: 1,
      recordsOut: 1,
      errors: 0,
      rssMb: 1,
    });
    await fixture.deps.store.db
      .insert(samples)
      .values([sample(4_000_000, 7), sample(100_000, 9), sample(3_700_000, 0), sample(400_001, 8)]);
    assert.deepEqual((await client.call('GET', path)).json.data, {
      topicName: 'T',
      lagAndOffset: [
        { lag: 8, offset: 6_494_978, ts: 400_001 },
        { lag: 0, offset: 9_794_977, ts: 3_700_000 },
        { lag: 7, offset: 10_094_977, ts: 4_000_000 },
      ],
      pipelineId,
    });
  });

  test('stage state is read at any time and deleted while paused', async () => {
    await newClient();
    const pipelineId = await save({ pipelineJson: documentOf() });
    await operate(pipelineId, 'release');
    const stage = 'LatePointTagger_01';
    fixture.kafka.entries.clear();
    for (const [asset, point, time] of [
      ['a', 'p', 1],
      ['a', 'q', 2],
      ['b', 'p', 3],
      ['c', 'p', 4],
    ] as const)
      fixture.kafka.entries.set(stateKey(stage, asset, point), JSON.stringify(time));
    fixture.kafka.entries.set(stateKey('LatePointTagger_02', 'a', 'p'), '9');
    const state = async (action: string, assetIds: unknown = 'a, b,zz', pointIds: unknown = 'p') => {
      const body = { pipelineId, stageInstanceName: stage, assetIds, pointIds };
      return (await client.call('POST', 'stage-state', { query: `orgId=${orgId}&action=${action}`, body })).json;
    };
    const items = [
      { assetId: 'a', pointId: 'p', time: 1 },
      { assetId: 'b', pointId: 'p', time: 3 },
    ];
    assert.deepEqual((await state('get')).data, { items });
    assert.deepEqual((await state('get', ['a', 'b'], ['p'])).data, { items });
    await operate(pipelineId, 'start', { body: { executionMode: 0 } });
    await observe(pipelineId, 'workerRunning');
    assert.equal(
      (await state('delete')).msg,
      'Stage state can be deleted only while the pipeline is paused; its status is RUNNING.',
    );
    await operate(pipelineId, 'pause');
    await observe(pipelineId, 'workerStopped');
    const deleted = await state('delete');
    assert.deepEqual([deleted.code, deleted.msg, deleted.data], [0, 'OK', true]);
    assert.deepEqual((await state('get')).data, { items: [] });
    assert.deepEqual((await state('get', 'a,c', 'p,q')).data.items.length, 2);
    assert.deepEqual((await state('delete')).data, true);
  });

  test('the number of pipelines is limited', async () => {
    const small = await createEnosFixture(
      { after: (cleanup: () => unknown) => cleanups.push(cleanup) },
      { store: fixture.deps.store, limits: { pipelinesPerOrganization: 2 } },
    );
    const one = createEnosClient(small, await small.organization());
    const create = async () => {
      const query = `orgId=${one.org.orgId}&action=save`;
      return (await one.call('POST', 'streaming/pipeline/null', { query, body: { name: 'x' } })).json;
    };
    const answers = await Promise.all([create(), create(), create(), create()]);
    assert.deepEqual(answers.map(({ code }) => code).sort(), [0, 0, 61112, 61112]);
    assert.match(answers.find(({ code }) => code !== 0)?.submsg ?? '', /2 pipelines, which is the limit/);
  });

  test('the rate is changed while running, and only then', async () => {
    await newClient();
    const pipelineId = await save({ pipelineJson: documentOf() });
    await operate(pipelineId, 'release');
    await assert.rejects(changeKafkaRate(fixture.deps, target(pipelineId), 5), { code: 'PIPELINE_STATUS_FORBIDS' });
    await operate(pipelineId, 'start', { body: { executionMode: 0 } });
    await changeKafkaRate(fixture.deps, target(pipelineId), 2500);
    assert.equal((await list('&ifReleased=true')).pipelines[0].kafkaRate, 2500);
    await assert.rejects(changeKafkaRate(fixture.deps, target(pipelineId), 0), { code: 'FIELD_INVALID' });
  });
});
