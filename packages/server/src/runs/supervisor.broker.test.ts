import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AppError, type Heartbeat } from '@penstock/model';
import { DEFAULT_POLICY } from '@penstock/modes';
import { eq } from 'drizzle-orm';
import type { Store } from '../store/open-store.ts';
import { runLeases, runReports, samples, startLocks } from '../store/schema.ts';
import { receiveHeartbeat } from './heartbeat/receive-heartbeat.ts';
import { buildRunSpec } from './run-spec.ts';
import { LEASE_MS, type Supervisor } from './supervisor.ts';
import { createFreshStores } from './testing/fresh-store.ts';
import { createSupervisorFixture, type FixturePipeline, type SupervisorFixture } from './testing/supervisor-fixture.ts';

const freshStore = createFreshStores();

/** A pipeline that runs, supervised by instance "a". */
const running = async (
  t: TestContext,
): Promise<SupervisorFixture & { a: Supervisor; p: FixturePipeline; runId: string }> => {
  const fixture = await createSupervisorFixture(t, { store: await freshStore(t) });
  const a = fixture.supervisor('a');
  const pipeline = await fixture.pipeline();
  await pipeline.start();
  await fixture.round(a);
  const runId = await pipeline.runId();
  await fixture.say(runId);
  await fixture.round(a);
  return { ...fixture, a, p: pipeline, runId };
};

const lastHeartbeat = async (store: Store, runId: string): Promise<Heartbeat> => {
  const found = await store.db
    .select({ text: runReports.heartbeat })
    .from(runReports)
    .where(eq(runReports.runId, runId));
  return JSON.parse(found[0]?.text ?? '');
};

test('a start becomes one worker, and RUNNING only with its first running heartbeat', async (t) => {
  const f = await createSupervisorFixture(t, { store: await freshStore(t) });
  const a = f.supervisor('a');
  const p = await f.pipeline();
  assert.equal(await p.start(), 0);
  await f.round(a);
  const runId = await p.runId();
  await f.round(a);
  assert.deepEqual([f.host.launchesOf(runId), await p.state()], [1, 'STARTING']);
  await f.say(runId, { phase: 'starting' });
  await f.round(a);
  assert.equal(await p.state(), 'STARTING');
  await f.say(runId);
  await f.round(a);
  assert.equal(await p.state(), 'RUNNING');
  assert.deepEqual(await f.store.db.select().from(startLocks), []);
  const { observed } = await p.detail();
  assert.deepEqual([observed.source, observed.ageMs, observed.attempts], ['heartbeat', 0, 1]);
});

test('a worker that waits for Kafka is shown as waiting, and keeps no other start waiting', async (t) => {
  const f = await createSupervisorFixture(t, { store: await freshStore(t) });
  const a = f.supervisor('a');
  const p = await f.pipeline();
  await p.start();
  await f.round(a);
  const runId = await p.runId();
  const waiting = { code: 'KAFKA_UNREACHABLE', message: 'No broker answers.', since: f.clock.now() };
  for (let minute = 0; minute < 30; minute++) {
    f.advance(15_000);
    await f.say(runId, { phase: 'starting', waiting });
    await f.round(a);
  }
  const { status, observed } = await p.detail();
  assert.deepEqual([status, observed.reason?.code, observed.attempts], ['STARTING', 'WAITING_FOR_KAFKA', 1]);
  assert.match(observed.reason?.message ?? '', /No broker answers/);
  assert.deepEqual(await f.store.db.select().from(startLocks), []);
  await f.say(runId);
  await f.round(a);
  assert.deepEqual([await p.state(), (await p.detail()).observed.reason], ['RUNNING', null]);
  const told = (await p.eventCodes()).filter((code) => /KAFKA/.test(code));
  assert.deepEqual(told.sort(), ['KAFKA_REACHABLE', 'WAITING_FOR_KAFKA']);
});

test('a dead worker is replaced after its back-off, not before, and shown as STARTING meanwhile', async (t) => {
  const { p, a, host, runId, advance, say, round } = await running(t);
  host.end(runId);
  await round(a);
  const { status, observed } = await p.detail();
  assert.deepEqual([status, observed.source, observed.reason?.code], ['STARTING', 'process', 'WORKER_EXITED']);
  advance(999);
  await round(a);
  assert.equal(host.launchesOf(runId), 1);
  advance(1);
  await round(a);
  assert.equal(host.launchesOf(runId), 2);
  await say(runId);
  await round(a);
  assert.deepEqual([await p.state(), (await p.detail()).observed.reason], ['RUNNING', null]);
});

test('a pipeline that keeps failing ends in error with the reason, and gives its resources back', async (t) => {
  const { p, a, host, runId, advance, round } = await running(t);
  assert.equal(await p.usedCu(), 1);
  for (let failures = 0; failures < DEFAULT_POLICY.maxFailures; failures++) {
    host.end(runId, { code: 1, signal: null });
    await round(a);
    advance(DEFAULT_POLICY.backoffMaxMs);
    await round(a);
  }
  const { status, observed } = await p.detail();
  assert.deepEqual([status, observed.reason?.code], ['RUN_ERROR', 'WORKER_EXITED']);
  assert.match(observed.reason?.message ?? '', /exited with code 1 .* 8 failures in a row/);
  assert.deepEqual([await p.usedCu(), host.live(runId).length, host.launchesOf(runId)], [0, 0, 8]);
});

test('a worker that says it cannot be helped ends the start at once', async (t) => {
  const f = await createSupervisorFixture(t, { store: await freshStore(t) });
  const a = f.supervisor('a');
  const p = await f.pipeline();
  await p.start();
  await f.round(a);
  const runId = await p.runId();
  await f.say(runId, {
    phase: 'failed',
    failure: { code: 'KAFKA_TOPIC_UNKNOWN', message: 'No topic.', retryable: false },
  });
  f.host.end(runId, { code: 3, signal: null });
  await f.round(a);
  const { status, observed } = await p.detail();
  assert.deepEqual([status, observed.reason], ['START_ERROR', { code: 'KAFKA_TOPIC_UNKNOWN', message: 'No topic.' }]);
  assert.deepEqual(await f.store.db.select().from(startLocks), []);
});

test('pause tells the worker, waits for its end, and keeps state; stop then clears it', async (t) => {
  const { p, a, host, clearing, runId, say, round } = await running(t);
  assert.equal(await p.pause(), 0);
  await round(a);
  assert.equal(await p.state(), 'PAUSING');
  const heard = await say(runId);
  assert.equal(heard.kind === 'answered' && heard.reply.desired, 'pause');
  host.end(runId, { code: 0, signal: null });
  await round(a);
  assert.deepEqual([await p.state(), clearing.cleared, await p.usedCu()], ['PAUSED', [], 0]);
  assert.equal(await p.stop(), 0);
  await round(a);
  assert.deepEqual([await p.state(), clearing.cleared], ['STOPPED', [p.pipelineId]]);
});

test('a worker that does not end is told by signal, then by force', async (t) => {
  const { p, a, host, advance, round } = await running(t);
  await p.pause();
  await round(a);
  assert.deepEqual(host.asked, []);
  advance(DEFAULT_POLICY.signalAfterMs + 1);
  await round(a);
  await round(a);
  assert.deepEqual(
    host.asked.map(({ how }) => how),
    ['graceful'],
  );
  advance(DEFAULT_POLICY.killAfterMs);
  await round(a);
  assert.deepEqual(
    host.asked.map(({ how }) => how),
    ['graceful', 'kill'],
  );
  await round(a);
  assert.equal(await p.state(), 'PAUSED');
});

test('a clearing that fails leaves the pipeline STOPPING with the reason, and is tried again', async (t) => {
  const { p, a, host, clearing, runId, advance, round } = await running(t);
  await p.stop();
  host.end(runId, { code: 0, signal: null });
  clearing.failure = new Error('Kafka is away');
  await round(a);
  await round(a);
  const { status, observed } = await p.detail();
  assert.deepEqual([status, observed.reason?.code], ['STOPPING', 'CLEARING_FAILED']);
  assert.match(observed.reason?.message ?? '', /Kafka is away/);
  delete clearing.failure;
  advance(1000);
  await round(a);
  assert.deepEqual([await p.state(), clearing.cleared], ['STOPPED', [p.pipelineId]]);
});

test('what fails for one run disturbs no other', async (t) => {
  const f = await createSupervisorFixture(t, { store: await freshStore(t) });
  const a = f.supervisor('a');
  const [bad, good] = [await f.pipeline(), await f.pipeline()];
  await bad.start();
  await good.start();
  f.host.broken.set(
    await bad.runId(),
    new AppError('LAUNCH_FAILED', 'no memory', { domain: 'external', retryable: true }),
  );
  await f.round(a);
  assert.deepEqual([f.host.launchesOf(await bad.runId()), f.host.launchesOf(await good.runId())], [0, 1]);
  assert.equal((await bad.detail()).observed.reason?.code, 'LAUNCH_FAILED');
  f.host.broken.clear();
  f.advance(1000);
  await f.round(a);
  assert.equal(f.host.launchesOf(await bad.runId()), 1);
});

test('another instance takes a run over when the lease has run out, and keeps its worker', async (t) => {
  const { p, host, runId, advance, say, round, supervisor, store } = await running(t);
  const owner = async () =>
    (await store.db.select({ owner: runLeases.owner }).from(runLeases).where(eq(runLeases.runId, runId)))[0]?.owner;
  const b = supervisor('b');
  await round(b);
  advance(LEASE_MS - 1);
  await say(runId);
  await round(b);
  assert.equal(await owner(), 'a');
  advance(2);
  await round(b);
  assert.deepEqual([await owner(), host.launchesOf(runId), await p.state()], ['b', 1, 'RUNNING']);
});

test('a worker is heard by the token of its launch after the seal key was changed; the next one has another', async (t) => {
  const { p, host, runId, advance, say, round, supervisor, store, modes, clock } = await running(t);
  const [first] = host.live(runId);
  const kafka = { bootstrapServers: 'nowhere:1' };
  const b = supervisor('b', {
    specOf: (run) =>
      buildRunSpec({ store, kafka, modes, secret: Buffer.alloc(32, 4), connectionsOf: async () => [] }, run),
  });
  advance(LEASE_MS + 1);
  await round(b);
  assert.equal((await say(runId)).kind, 'answered');
  assert.deepEqual([host.launchesOf(runId), await p.state()], [1, 'RUNNING']);
  const heartbeat = await lastHeartbeat(store, runId);
  host.end(runId);
  await round(b);
  advance(1000);
  await round(b);
  assert.equal(host.launchesOf(runId), 2);
  assert.equal((await say(runId)).kind, 'answered');
  const deps = { store, clock, modes, policy: DEFAULT_POLICY };
  const [late, next] = [first?.spec.control.token ?? '', host.live(runId)[0]?.spec.control.token];
  assert.notEqual(late, next);
  assert.deepEqual(await receiveHeartbeat(deps, runId, late, heartbeat), { kind: 'wrong-token' });
});

test('a service that died between the intent and the launch leaves no second worker', async (t) => {
  const f = await createSupervisorFixture(t, { store: await freshStore(t) });
  const p = await f.pipeline();
  await p.start();
  const stuck = Promise.withResolvers<never>();
  t.after(() => stuck.reject(new Error('the test is over')));
  const dying = f.supervisor('dying', { specOf: () => stuck.promise });
  await dying.round();
  const b = f.supervisor('b');
  f.advance(LEASE_MS + 1);
  await f.round(b);
  assert.equal(f.host.launchesOf(await p.runId()), 1);
  // The instance that lost its lease may not launch any more, however late it wakes up.
  stuck.reject(new Error('late'));
  await dying.settled();
  await f.round(b);
  assert.equal(f.host.launchesOf(await p.runId()), 1);
});

test('an older worker of the run is told to exit, a wrong token is refused, a run that is over is over', async (t) => {
  const { p, a, host, runId, advance, say, round, store, clock, modes } = await running(t);
  const [old] = host.live(runId);
  host.end(runId);
  await round(a);
  advance(1000);
  await round(a);
  await say(runId);
  const stale = await say(runId, { workerId: `worker-${old?.pid}`, pid: old?.pid ?? 0 });
  assert.equal(stale.kind === 'answered' && stale.reply.desired, 'exit');
  assert.equal((await p.detail()).run?.worker?.pid, host.live(runId)[0]?.pid);
  await p.stop();
  host.end(runId, { code: 0, signal: null });
  const deps = { store, clock, modes, policy: DEFAULT_POLICY };
  const heartbeat = await lastHeartbeat(store, runId);
  assert.deepEqual(await receiveHeartbeat(deps, runId, 'wrong', heartbeat), { kind: 'wrong-token' });
  await round(a);
  assert.deepEqual(await receiveHeartbeat(deps, runId, 'wrong', heartbeat), { kind: 'over' });
  assert.deepEqual(await receiveHeartbeat(deps, 'no-such-run', 'wrong', heartbeat), { kind: 'unknown-run' });
});

test('events of a heartbeat that is sent again are kept once, and samples are taken at first and every 15 seconds', async (t) => {
  const { p, runId, advance, say, store } = await running(t);
  const event = { at: 1, code: 'WORKER_SPOKE', message: 'hello', severity: 'info' as const };
  const tasks = [{ part: 0, topic: 'source', partition: 0, committedOffset: 40, endOffset: 50, lag: 10, stalledMs: 0 }];
  const taken = async () => store.db.select().from(samples).where(eq(samples.runId, runId));
  for (let beat = 0; beat < 31; beat++) {
    advance(1000);
    await say(runId, { tasks, events: beat < 2 ? [event] : [], recordsRead: beat * 100 });
    // A running pipeline has one from its first heartbeat on.
    if (beat === 0) assert.equal((await taken()).length, 1);
  }
  assert.equal((await p.eventCodes()).filter((code) => code === 'WORKER_SPOKE').length, 1);
  const rows = await taken();
  assert.deepEqual(
    rows.map(({ topic, lag, offset }) => ({ topic, lag, offset })),
    [1, 2, 3].map(() => ({ topic: 'source', lag: 10, offset: 40 })),
  );
  const { throughput, lag } = await p.detail();
  assert.ok(Math.abs(throughput.recordsInPerSecond - 100) < 1);
  assert.equal(lag, 10);
});

test('a service that ends with its workers waits for them, and the next one goes on with them', async (t) => {
  const { p, a, host, runId, say, round, supervisor } = await running(t);
  const stopping = a.stop({ stopWorkers: true });
  while (host.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  host.end(runId, { code: 0, signal: null });
  await stopping;
  const b = supervisor('b');
  await round(b);
  assert.deepEqual([host.launchesOf(runId), await p.state()], [2, 'STARTING']);
  await say(runId);
  await round(b);
  assert.equal(await p.state(), 'RUNNING');
});

test('several instances on one PostgreSQL start every run once', async (t) => {
  const f = await createSupervisorFixture(t, { store: await freshStore(t) });
  const pipelines = await Promise.all([1, 2, 3, 4, 5, 6].map(() => f.pipeline()));
  await Promise.all(pipelines.map((p) => p.start()));
  const instances = ['a', 'b', 'c', 'd'].map((id) => f.supervisor(id));
  for (let rounds = 0; rounds < 3; rounds++) await Promise.all(instances.map((instance) => f.round(instance)));
  const ids = await Promise.all(pipelines.map((p) => p.runId()));
  assert.deepEqual(
    ids.map((id) => f.host.launchesOf(id)),
    ids.map(() => 1),
  );
  await Promise.all(ids.map((id) => f.say(id)));
  // Two of them die without a word; the others take over what they had.
  f.advance(LEASE_MS + 1);
  for (let rounds = 0; rounds < 3; rounds++) await Promise.all(instances.slice(2).map((instance) => f.round(instance)));
  assert.deepEqual(
    ids.map((id) => f.host.launchesOf(id)),
    ids.map(() => 1),
  );
  assert.deepEqual(
    await Promise.all(pipelines.map((p) => p.state())),
    ids.map(() => 'RUNNING'),
  );
});
