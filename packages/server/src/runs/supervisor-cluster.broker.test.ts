import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AppError } from '@penstock/model';
import { DEFAULT_POLICY } from '@penstock/modes';
import { type ClusterFixture, createClusterFixture } from './testing/cluster-fixture.ts';
import { createFreshStores } from './testing/fresh-store.ts';

const freshStore = createFreshStores();
const started = async (t: TestContext): Promise<ClusterFixture> => createClusterFixture(t, await freshStore(t));

test('a start is submitted once, waits with the reason, and is RUNNING by the driver alone', async (t) => {
  const { a, cluster, detail, round, runId, say } = await started(t);
  await round(a);
  await round(a);
  await round(a);
  assert.equal(cluster.applications.length, 1);
  const first = await detail();
  const application = first.run?.application;
  const reason = { code: 'WAITING_FOR_CLUSTER', message: 'no room' };
  assert.deepEqual([first.status, first.observed.source, first.observed.reason], ['STARTING', 'yarn', reason]);
  assert.deepEqual([application?.state, application?.waiting], ['ACCEPTED', 'no room']);
  cluster.turn(runId, { state: 'RUNNING', attempts: 1, containers: 3 });
  await round(a);
  assert.equal((await detail()).status, 'STARTING');
  await say();
  await round(a);
  const { status, observed, run } = await detail();
  assert.deepEqual([status, observed.source, observed.reason], ['RUNNING', 'heartbeat', null]);
  assert.deepEqual([run?.executors.length, run?.batches?.completed, run?.backPressureRate], [2, 3, null]);
});

test('a start that waits for a full cluster keeps no other start of the organisation waiting', async (t) => {
  const { a, advance, detail, round, startAnother } = await started(t);
  assert.equal(await startAnother(), 61121);
  await round(a);
  await round(a);
  const { status, observed } = await detail();
  assert.deepEqual([status, observed.reason?.code], ['STARTING', 'WAITING_FOR_CLUSTER']);
  assert.equal(await startAnother(), 0);
  advance(60_000);
  await round(a);
  assert.equal((await detail()).status, 'STARTING');
});

test('the cluster out of reach is told and changes nothing while the driver speaks', async (t) => {
  const { a, advance, cluster, detail, eventCodes, round, running, say } = await started(t);
  await running();
  cluster.isReachable = false;
  await round(a);
  const { status, observed } = await detail();
  assert.deepEqual([status, observed.reason?.code, observed.source], ['RUNNING', 'CLUSTER_UNREACHABLE', 'heartbeat']);
  advance(DEFAULT_POLICY.heartbeatTimeoutMs + 1);
  await round(a); // notices that it was deaf itself for a while
  for (let beat = 0; beat < 22; beat += 1) {
    advance(1000);
    await round(a);
  }
  assert.equal((await detail()).status, 'STARTING');
  await say();
  cluster.isReachable = true;
  await round(a);
  const after = await detail();
  assert.deepEqual([after.status, after.observed.reason], ['RUNNING', null]);
  const codes = await eventCodes();
  assert.equal(codes.filter((code) => code === 'CLUSTER_REACHABLE').length, 1);
  assert.equal(cluster.applications.length, 1);
});

test('a new attempt replaces the old driver, which is told to exit', async (t) => {
  const { a, cluster, detail, round, runId, running, say } = await started(t);
  await running();
  await say({ recordsRead: 1000 });
  cluster.turn(runId, { state: 'ACCEPTED', attempts: 0 });
  await round(a);
  assert.equal((await detail()).status, 'STARTING');
  cluster.turn(runId, { state: 'RUNNING', attempts: 2 });
  await say({ recordsRead: 1 }, { attempt: 2 });
  const stale = await say({ recordsRead: 2000 }, { attempt: 1 });
  assert.equal(stale.kind === 'answered' && stale.reply.desired, 'exit');
  await round(a);
  const { status, run, throughput } = await detail();
  assert.deepEqual([status, run?.worker?.recordsRead, throughput.recordsInPerSecond], ['RUNNING', 1, 0]);
});

test('an application that was killed ends the run: fenced, logs kept, secrets gone, the reason shown', async (t) => {
  const { a, cluster, detail, fenced, kept, pipelineId, round, runId, running } = await started(t);
  await running();
  cluster.turn(runId, { state: 'KILLED', finalStatus: 'KILLED', diagnostics: 'killed by user dr.who', finishedAt: 9 });
  await round(a);
  await round(a);
  const { status, observed, run } = await detail();
  assert.deepEqual([status, observed.reason?.code], ['RUN_ERROR', 'APPLICATION_KILLED']);
  assert.match(observed.reason?.message ?? '', /dr\.who/);
  assert.deepEqual([run?.application?.state, run?.application?.diagnostics], ['KILLED', 'killed by user dr.who']);
  assert.deepEqual([fenced, kept, cluster.forgotten], [[{ pipelineId, tasks: 1 }], [runId], [runId]]);
  assert.equal(cluster.applications.length, 1);
});

test('a failure that cannot be helped kills the application, and is the reason', async (t) => {
  const { a, cluster, detail, round, runId, running, say } = await started(t);
  await running();
  const failure = { code: 'STATE_PARTITIONS_CHANGED', message: 'Stop it.\u0000', retryable: false };
  await say({ phase: 'failed', failure });
  await round(a);
  assert.deepEqual(
    cluster.asked.map(({ how }) => how),
    ['kill'],
  );
  await round(a);
  await round(a);
  const { status, observed } = await detail();
  assert.deepEqual([status, observed.reason?.code], ['RUN_ERROR', failure.code]);
  assert.equal(cluster.of(runId).view.state, 'KILLED');
});

test('pause and stop are told by the heartbeat; what only waits is killed at once and fenced', async (t) => {
  const f = await started(t);
  await f.running();
  await f.act('pause');
  const heard = await f.say();
  assert.equal(heard.kind === 'answered' && heard.reply.desired, 'pause');
  f.cluster.turn(f.runId, { state: 'FINISHED', finalStatus: 'SUCCEEDED' });
  await f.round(f.a);
  assert.deepEqual([(await f.detail()).status, f.cluster.asked, f.fenced], ['PAUSED', [], []]);
  const g = await started(t);
  await g.round(g.a);
  await g.act('stop');
  await g.round(g.a);
  await g.round(g.a);
  await g.round(g.a);
  assert.deepEqual([(await g.detail()).status, g.cleared, g.fenced.length], ['STOPPED', [g.pipelineId], 1]);
});

test('fencing that fails holds up a stop, is shown, and is tried again', async (t) => {
  const { a, act, advance, cleared, detail, kafka, pipelineId, round, running, cluster, runId } = await started(t);
  await running();
  await act('stop');
  cluster.turn(runId, { state: 'KILLED', finalStatus: 'KILLED' });
  kafka.isReachable = false;
  await round(a);
  await round(a);
  const { status, observed } = await detail();
  assert.deepEqual([status, observed.reason?.code, cleared], ['STOPPING', 'FENCING_FAILED', []]);
  assert.match(observed.reason?.message ?? '', /Kafka is away/);
  kafka.isReachable = true;
  advance(DEFAULT_POLICY.backoffMaxMs);
  await round(a);
  await round(a);
  assert.deepEqual([(await detail()).status, cleared], ['STOPPED', [pipelineId]]);
});

test('a submission that fails is tried again; one that cannot be helped ends the start', async (t) => {
  const { a, advance, cluster, detail, round } = await started(t);
  cluster.broken = new AppError('LAUNCH_FAILED', 'no such queue', { domain: 'external', retryable: true });
  await round(a);
  await round(a);
  const { status, observed } = await detail();
  assert.deepEqual([status, observed.reason], ['STARTING', { code: 'LAUNCH_FAILED', message: 'no such queue' }]);
  cluster.broken = new AppError('JAVA_MISSING', 'no Java', { domain: 'user' });
  advance(1000);
  await round(a);
  await round(a);
  assert.deepEqual([(await detail()).status, cluster.applications.length], ['START_ERROR', 0]);
});

test('a service that ends with its applications lets the driver finish, and the next one submits another', async (t) => {
  const { a, cluster, detail, fenced, round, runId, running, say, supervisor } = await started(t);
  await running();
  const stopping = a.stop({ stopWorkers: true });
  while (cluster.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const heard = await say();
  assert.equal(heard.kind === 'answered' && heard.reply.desired, 'pause');
  cluster.turn(runId, { state: 'FINISHED', finalStatus: 'SUCCEEDED' });
  await stopping;
  const b = supervisor('b');
  await round(b);
  assert.deepEqual([cluster.applications.length, (await detail()).status, fenced], [2, 'STARTING', []]);
  const [first, second] = cluster.applications.map(({ tag }) => tag);
  assert.notEqual(first, second);
  cluster.turn(runId, { state: 'RUNNING', attempts: 1 });
  await say();
  await round(b);
  assert.equal((await detail()).status, 'RUNNING');
});

test('applications of no open run are looked for with the tags of those that are open', async (t) => {
  const { a, advance, cluster, known, round, runId } = await started(t);
  await round(a);
  advance(60_000);
  await round(a);
  // The first look may be just before the launch is written down or just after.
  assert.deepEqual([known.length, [...(known[1] ?? [])]], [2, [cluster.of(runId).tag]]);
});
