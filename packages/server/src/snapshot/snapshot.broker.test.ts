import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { Heartbeat, SnapshotRecord, SnapshotRequest } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { eq } from 'drizzle-orm';
import { createApiFixture } from '../http/testing/api-fixture.ts';
import { hashToken } from '../runs/run-token.ts';
import { createFreshStores } from '../runs/testing/fresh-store.ts';
import { pipelines, runReports, runs, snapshots } from '../store/schema.ts';
import { SnapshotDesk } from './snapshot-desk.ts';
import { viewSnapshot } from './snapshot-view.ts';

const freshStore = createFreshStores();
const DEMO = new URL('../../../../dev/src/demo/pipelines/wind-farm/pipeline.json', import.meta.url);
const SECRET = 'hush"hush"hush';
const STAGES = [
  'EDHKafkaConsumer_01',
  'PointSelector_01',
  'OffLimitTagger_01',
  'FixedTimeWindowAggregator_01',
  'EDHKafkaProducer_01',
];

/** Two service instances over one database, and a pipeline that runs on a worker played by the test. */
const runningPipeline = async (t: TestContext) => {
  const store = await freshStore(t);
  const [one, other] = [await createApiFixture(t, { store }), await createApiFixture(t, { store })];
  const { orgId, token } = await one.organization();
  const enos = (id: string, action: string) =>
    `/streaming/v2.0/streaming/pipeline/${id}?action=${action}&orgId=${orgId}`;
  const pipelineJson = { ...JSON.parse(readFileSync(DEMO, 'utf8')), password: SECRET };
  const body = { name: 'p', templateType: 1, messageChannel: 0, pipelineJson };
  const pipelineId: string = (await one.call('POST', enos('null', 'save'), body)).json.data;
  await one.call('POST', enos(pipelineId, 'release'));
  await one.call('POST', enos(pipelineId, 'start'), { executionMode: 0, kafkaRate: 1000 });
  const [run] = await store.db.select().from(runs).where(eq(runs.pipelineId, pipelineId));
  assert.ok(run !== undefined);
  const { runId } = run;
  const launch = { launchId: 'l1', kind: 'standalone', host: 'here', at: 0, pid: 7 };
  await store.db
    .update(runs)
    .set({ tokenHash: hashToken('run-token'), launcherState: JSON.stringify({ launch }) })
    .where(eq(runs.runId, runId));
  await store.db.update(pipelines).set({ status: 'RUNNING' }).where(eq(pipelines.pipelineId, pipelineId));

  let sequence = 0;
  /** A heartbeat to the other instance; what the reply asks for. */
  const beat = async (snapshot?: Heartbeat['snapshot']): Promise<SnapshotRequest | undefined> => {
    const heartbeat: Heartbeat = {
      runId,
      workerId: 'w',
      pid: 7,
      host: 'here',
      startedAt: 1,
      sequence: ++sequence,
      phase: 'running',
      tasks: [],
      stages: {},
      recordsRead: 0,
      bytesRead: 0,
      recordsWritten: 0,
      rssMb: 1,
      cpuMs: 1,
      events: [],
      ...(snapshot === undefined ? {} : { snapshot }),
    };
    const path = `/internal/v1/runs/${runId}/heartbeat`;
    const { status, json } = await other.call('POST', path, heartbeat, 'run-token');
    assert.equal(status, 200, JSON.stringify(json));
    return json.snapshot;
  };
  /** Heartbeats until a snapshot is asked for. */
  const asked = async (): Promise<SnapshotRequest> => {
    for (;;) {
      const request = await beat();
      if (request !== undefined) return request;
    }
  };
  const take = (more: object = {}) => one.call('POST', `pipelines/${pipelineId}/snapshot`, more, token);
  const rows = () => store.db.select().from(snapshots);
  return { one, other, store, orgId, token, pipelineId, runId, beat, asked, take, rows };
};

const recordsOf = (stages: readonly string[], count: number, text = '{"value":1}'): SnapshotRecord[] =>
  stages.flatMap((stage) =>
    (stage === STAGES[0] ? (['output'] as const) : (['input', 'output'] as const)).flatMap((direction) =>
      Array.from({ length: count }, () => ({ stage, direction, part: 0, partition: 2, text, isCut: false })),
    ),
  );

test('a snapshot asked for at one instance is answered by a heartbeat to another, and nothing of it is kept', async (t) => {
  const { asked, beat, take, rows, store, runId } = await runningPipeline(t);
  const answer = take({ records: 1 });
  const request = await asked();
  assert.deepEqual(request, { id: request.id, records: 1 });
  const some = recordsOf(STAGES.slice(0, 2), 1);
  assert.deepEqual(await beat({ id: request.id, records: some }), request);
  // Sent again with less, as by a worker that was replaced: what was caught before stays.
  assert.deepEqual(await beat({ id: request.id, records: [] }), request);
  assert.deepEqual(await beat({ id: randomUUID(), records: recordsOf(STAGES, 1) }), request);
  const secret = JSON.stringify({ note: `it is ${SECRET}` });
  const all = [...some, ...recordsOf(STAGES.slice(2), 1, secret)];
  assert.equal(await beat({ id: request.id, records: [...all, ...all] }), undefined);
  const { status, json } = await answer;
  assert.deepEqual([status, json.complete, json.waitedMs], [200, true, 0]);
  const shown = (text: string) => [{ part: 0, partition: 2, text, isCut: false }];
  assert.deepEqual(
    json.records.map(({ label: _label, ...stage }: { label: string }) => stage),
    STAGES.map((stage, index) => {
      const records = shown(index < 2 ? '{"value":1}' : '{"note":"it is ******"}');
      return { stage, input: index === 0 ? [] : records, output: records };
    }),
  );
  assert.equal(json.records[1].label, 'Three of twelve points');
  assert.deepEqual(await rows(), []);
  assert.equal(await beat(), undefined);
  const [report] = await store.db.select().from(runReports).where(eq(runReports.runId, runId));
  assert.equal(report?.heartbeat.includes('snapshot'), false);
});

test('when time runs out the answer is what came until then, possibly nothing', async (t) => {
  const { one, asked, beat, take, rows } = await runningPipeline(t);
  const answer = take({ records: 2, stage: 'PointSelector_01', timeoutMs: 1000 });
  const request = await asked();
  assert.deepEqual(request, { id: request.id, records: 2, stage: 'PointSelector_01' });
  await beat({ id: request.id, records: recordsOf(['PointSelector_01', 'OffLimitTagger_01'], 1) });
  one.enos.advance(1000);
  const { json } = await answer;
  assert.deepEqual([json.complete, json.waitedMs], [false, 1000]);
  assert.deepEqual(
    json.records.map(({ stage, input, output }: Record<string, unknown[]>) => [stage, input?.length, output?.length]),
    [['PointSelector_01', 1, 1]],
  );
  assert.deepEqual(await rows(), []);
  const nothing = take({ timeoutMs: 1000 });
  await asked();
  one.enos.advance(1000);
  assert.deepEqual(
    (await nothing).json.records.map(({ input, output }: Record<string, unknown[]>) => [input, output]),
    STAGES.map(() => [[], []]),
  );
});

test('it ends early when the run does', async (t) => {
  const { asked, take, store, runId, rows } = await runningPipeline(t);
  const answer = take();
  await asked();
  await store.db.update(runs).set({ endedAt: 1 }).where(eq(runs.runId, runId));
  const { status, json } = await answer;
  assert.deepEqual([status, json.complete], [200, false]);
  assert.deepEqual(await rows(), []);
});

test('one snapshot of a pipeline at a time, whichever instance is asked', async (t) => {
  const { one, other, asked, beat, take, pipelineId, token } = await runningPipeline(t);
  const first = take({ records: 1 });
  const request = await asked();
  for (const instance of [one, other]) {
    const second = await instance.call('POST', `pipelines/${pipelineId}/snapshot`, {}, token);
    assert.deepEqual([second.status, second.json.code], [429, 'SNAPSHOT_BUSY']);
    assert.equal(second.headers['retry-after'], '1');
  }
  await beat({ id: request.id, records: recordsOf(STAGES, 1) });
  assert.equal((await first).json.complete, true);
  const again = take({ records: 1 });
  const next = await asked();
  assert.notEqual(next.id, request.id);
  await beat({ id: next.id, records: recordsOf(STAGES, 1) });
  assert.equal((await again).json.complete, true);
});

test('an instance takes so many at a time and no more', async (t) => {
  const { one, asked, beat, orgId, pipelineId } = await runningPipeline(t);
  const desk = new SnapshotDesk({ ...one.deps, registry: createRegistry(operators) }, { concurrent: 1, pollMs: 20 });
  t.after(() => desk.close());
  const take = () =>
    desk.take({ orgId, pipelineId, actor: 'admin' }, { records: 1, timeoutMs: 1000 }, new AbortController().signal);
  const first = take();
  const request = await asked();
  await assert.rejects(take(), /1 snapshots already/);
  await beat({ id: request.id, records: recordsOf(STAGES, 1) });
  assert.equal((await first).complete, true);
});

test('what nobody waits for any more is thrown away by the next heartbeat, and does not stand in the way', async (t) => {
  const { other, store, runId, pipelineId, beat, take, asked, rows } = await runningPipeline(t);
  const left = {
    pipelineId,
    snapshotId: 'left-behind',
    runId,
    request: '{"id":"left-behind","records":1}',
    wanted: 9,
    expiresAt: other.deps.clock.now(),
    result: '[]',
  };
  await store.db.insert(snapshots).values(left);
  assert.equal(await beat(), undefined);
  assert.deepEqual(await rows(), []);
  await store.db.insert(snapshots).values(left);
  const answer = take({ records: 1 });
  const request = await asked();
  await beat({ id: request.id, records: recordsOf(STAGES, 1) });
  assert.equal((await answer).json.complete, true);
});

test('when the service ends it says so and leaves nothing behind', async (t) => {
  const { one, asked, take, rows } = await runningPipeline(t);
  const answer = take();
  await asked();
  await one.snapshots.close();
  const { status, json } = await answer;
  assert.deepEqual([status, json.code], [503, 'SNAPSHOT_ENDED']);
  assert.deepEqual(await rows(), []);
  assert.equal((await take()).status, 503);
});

test('what cannot be is refused: not running, no such stage, foreign, out of bounds', async (t) => {
  const { one, take, store, pipelineId } = await runningPipeline(t);
  const stage = await take({ stage: 'Nobody_01' });
  assert.deepEqual([stage.status, stage.json.code, stage.json.issues[0].path], [400, 'FIELD_INVALID', '/stage']);
  assert.match(stage.json.message, /EDHKafkaConsumer_01, PointSelector_01/);
  for (const body of [{ records: 0 }, { records: 51 }, { timeoutMs: 999 }, { timeoutMs: 30_001 }, { stage: 7 }])
    assert.equal((await take(body)).json.code, 'REQUEST_INVALID', JSON.stringify(body));
  const foreign = await one.organization();
  const theirs = await one.call('POST', `pipelines/${pipelineId}/snapshot`, {}, foreign.token);
  assert.deepEqual([theirs.status, theirs.json.code], [404, 'PIPELINE_UNKNOWN']);
  assert.equal((await one.call('POST', `pipelines/${pipelineId}/snapshot`, {}, null)).status, 401);
  await store.db.update(pipelines).set({ status: 'PAUSED' }).where(eq(pipelines.pipelineId, pipelineId));
  const paused = await take();
  assert.deepEqual([paused.status, paused.json.code], [409, 'PIPELINE_STATUS_FORBIDS']);
  assert.match(paused.json.message, /this one is PAUSED/);
});

test('a secret that was cut in the middle is hidden as well', () => {
  const slots = [{ stage: 's', label: 'S', direction: 'output' as const, part: 0 }];
  const record = { stage: 's', direction: 'output' as const, part: 0, partition: 0 };
  const texts = [
    { text: '{"a":"top-secr', isCut: true },
    { text: '{"a":"top-', isCut: true },
    { text: '{"a":"top-secr"}', isCut: false },
  ];
  const views = viewSnapshot(
    slots,
    texts.map((text) => ({ ...record, ...text })),
    { password: 'top-secret' },
  );
  assert.deepEqual(
    views[0]?.output.map(({ text }) => text),
    ['{"a":"******', '{"a":"top-', '{"a":"top-secr"}'],
  );
});
