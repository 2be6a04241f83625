import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { writeStoreKey } from '@penstock/engine';
import { eq, sql } from 'drizzle-orm';
import { changeKafkaRate } from '../../lifecycle/change-rate.ts';
import { runEvents, runReports, runs, samples } from '../../store/schema.ts';
import { newDriver, sharedFixture } from './testing/contract-driver.ts';
import { createEnosFixture, documentOf, type EnosFixture } from './testing/enos-fixture.ts';

const stateKey = (stage: string, ...key: [string, string]): string =>
  writeStoreKey({ owner: { stage }, store: 'state', version: 1, key });

// A client that knows the contract and nothing else of the service.
const shared = sharedFixture(createEnosFixture);
let fixture: EnosFixture;
before(async () => {
  fixture = await shared.open();
});
after(() => shared.close());

test('a document that cannot be started is released, and the answer and an event say so', async () => {
  const { operate, save } = await newDriver(fixture);
  const broken = await save({ name: 'broken', pipelineJson: documentOf({ broken: true }) });
  const { code, msg, data, submsg } = await operate(broken, 'release');
  const words = 'It is released but cannot be started as it is. /pipelineConfig/stages/0: The stage is broken.';
  assert.deepEqual([code, msg, data, submsg], [0, 'OK', '', words]);
  const events = await fixture.deps.store.db.select().from(runEvents).where(eq(runEvents.pipelineId, broken));
  assert.deepEqual(
    events.map((event) => [event.code, event.severity, event.message]).filter(([name]) => name !== 'RELEASED'),
    [['RELEASED_WITH_ISSUES', 'warning', `Version 1: ${words}`]],
  );
  const fine = await save({ name: 'fine', pipelineJson: documentOf() });
  assert.equal((await operate(fine, 'release')).submsg, undefined);
});

test('start has its six errors, each for its reason, in their order', async () => {
  let { operate, save } = await newDriver(fixture, {});
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

  ({ operate, save } = await newDriver(fixture, { standaloneCu: 2, serverCu: 1, yarnCu: 3 }));
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

test('a source topic that got more partitions under kept state is no reason to refuse: the state is redistributed', async () => {
  const { operate, save, observe } = await newDriver(fixture);
  const pipelineId = await save({ pipelineJson: documentOf() });
  await operate(pipelineId, 'release');
  const start = () => operate(pipelineId, 'start', { body: { executionMode: 0 } });
  fixture.kafka.partitions.set('source', 4);
  assert.equal((await start()).code, 0);
  await observe(pipelineId, 'workerRunning');
  await operate(pipelineId, 'pause');
  await observe(pipelineId, 'workerStopped');
  fixture.kafka.partitions.set('source', 6);
  assert.equal((await start()).code, 0);
  fixture.kafka.partitions.clear();
});

test('pause and stop name the state they cannot leave', async () => {
  const { operate, save, observe } = await newDriver(fixture);
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
  const { operate, save, list, observe } = await newDriver(fixture);
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
  const { client, save } = await newDriver(fixture);
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
  // One that reads no topic is sampled for its counts.
  await fixture.deps.store.db.insert(samples).values({ ...sample(5_000_000, 0), topic: '' });
  assert.deepEqual((await client.call('GET', path)).json.data, { topicName: '', lagAndOffset: [], pipelineId });
});

test('offset and lag of several sources are sums over their topics, and told topic by topic beside', async () => {
  const { client, operate, save } = await newDriver(fixture);
  const pipelineId = await save({ pipelineJson: documentOf() });
  await operate(pipelineId, 'release');
  await operate(pipelineId, 'start', { body: { executionMode: 0 } });
  const [run] = await fixture.deps.store.db.select().from(runs).where(eq(runs.pipelineId, pipelineId));
  const task = (part: number, topic: string, partition: number, lag: number, committedOffset: number) => ({
    ...{ part, topic, partition, lag, committedOffset },
    ...{ endOffset: committedOffset + lag, stalledMs: 0 },
  });
  const tasks = [
    task(0, 'T', 0, 3, 10),
    task(0, 'T', 1, 4, 20),
    task(1, 'U', 0, 5, 30),
    task(2, `penstock-repartition-${pipelineId}-cut`, 0, 100, 100),
  ];
  const counts = { recordsIn: 1, recordsOut: 1, errors: 0, rssMb: 1 };
  const at = { runId: run?.runId ?? '', at: 1000 };
  await fixture.deps.store.db
    .insert(runReports)
    .values({ runId: at.runId, heartbeat: JSON.stringify({ tasks }), heartbeatAt: 1000 });
  await fixture.deps.store.db
    .insert(samples)
    .values({ pipelineId, ...at, topic: 'T,U', lag: 12, offset: 60, ...counts });
  assert.deepEqual((await client.call('GET', `streaming/pipeline/${pipelineId}/offset-lag`)).json.data, {
    topicName: 'T,U',
    lagAndOffset: [{ lag: 12, offset: 60, ts: 1000 }],
    pipelineId,
    topics: [
      { topicName: 'T', lag: 7, offset: 30 },
      { topicName: 'U', lag: 5, offset: 30 },
    ],
  });
});

test('stage state is read at any time and deleted while paused', async () => {
  const { client, orgId, operate, save, observe } = await newDriver(fixture);
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

test('the rate is changed while running, and only then', async () => {
  const { operate, save, list, target } = await newDriver(fixture);
  const pipelineId = await save({ pipelineJson: documentOf() });
  await operate(pipelineId, 'release');
  await assert.rejects(changeKafkaRate(fixture.deps, target(pipelineId), 5), { code: 'PIPELINE_STATUS_FORBIDS' });
  await operate(pipelineId, 'start', { body: { executionMode: 0 } });
  await changeKafkaRate(fixture.deps, target(pipelineId), 2500);
  assert.equal((await list('&ifReleased=true')).pipelines[0].kafkaRate, 2500);
  await assert.rejects(changeKafkaRate(fixture.deps, target(pipelineId), 0), { code: 'FIELD_INVALID' });
});

test('something that breaks inside is said in the code each call has for it, without the details', async () => {
  const { operate, save, list, observe } = await newDriver(fixture);
  const pipelineId = await save({ pipelineJson: documentOf() });
  await operate(pipelineId, 'release');
  await operate(pipelineId, 'start', { body: { executionMode: 0 } });
  await observe(pipelineId, 'workerRunning');
  const { db } = fixture.deps.store;
  await db.execute(
    sql`create function fail() returns trigger language plpgsql as 'begin raise exception ''disk full''; end'`,
  );
  await db.execute(sql`create trigger fail before update on pipelines for each row execute function fail()`);
  const say = async (action: string) => {
    const { requestId: _, ...rest } = await operate(pipelineId, action, { body: {} });
    return rest;
  };
  assert.deepEqual(await say('stop'), { code: 61122, msg: 'Failed to stop the stream processing pipeline.' });
  assert.deepEqual(await say('save'), { code: 61112, msg: 'Failed to save the stream configuration.' });
  assert.deepEqual(await say('pause'), { code: 99000, msg: 'Internal Server Error.' });
  await db.execute(sql`drop trigger fail on pipelines`);
  assert.equal((await list('&ifReleased=true')).pipelines[0].status, 'RUNNING');
  assert.equal((await say('stop')).code, 0);
});
