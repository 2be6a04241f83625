import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Heartbeat } from '@penstock/model';
import { DEFAULT_POLICY, NO_SUPERVISION } from '@penstock/modes';
import { eq } from 'drizzle-orm';
import { applyObservation } from '../../../runs/apply-observation.ts';
import { receiveHeartbeat } from '../../../runs/heartbeat/receive-heartbeat.ts';
import { hashToken } from '../../../runs/run-token.ts';
import { runs } from '../../../store/schema.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

// One application for all: starting the embedded database takes a while.
const cleanups: (() => unknown)[] = [];
let api: Awaited<ReturnType<typeof createApiFixture>>;
let dataDir: string;
before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'penstock-runs-'));
  api = await createApiFixture({ after: (cleanup) => cleanups.push(cleanup) }, { dataDir });
});
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A pipeline that was paused, then failed, and has a run under way. */
const fixture = async () => {
  const org = await api.organization();
  const made = await api.call('POST', `organizations/${org.orgId}/pipelines`, {
    name: 'p',
    document: { pipelineConfig: { stages: [] } },
  });
  const path = `pipelines/${made.json.pipelineId}`;
  const see = (
    runId: string,
    what: Parameters<typeof applyObservation>[2],
    reason?: { code: string; message: string },
  ) => applyObservation(api.deps, runId, what, reason === undefined ? {} : { reason });
  const start = async (): Promise<string> => {
    api.enos.advance(1000);
    await api.call('POST', `${path}/release`, {});
    const started = await api.call('POST', `${path}/start`, { executionMode: 0, kafkaRate: 100 });
    assert.equal(started.status, 200, started.text);
    return started.json.runId;
  };
  const paused = await start();
  await see(paused, 'workerRunning');
  await api.call('POST', `${path}/pause`, {});
  await see(paused, 'workerStopped');
  const failed = await start();
  await see(failed, 'workerRunning');
  await see(failed, 'workerFailed', { code: 'SOURCE_TOPIC_MISSING', message: 'There is no topic.' });
  const open = await start();
  return { org, path, paused, failed, open };
};

test('runs are listed, the last one first, with how they ended and why', async () => {
  const { org, path, paused, failed, open } = await fixture();
  const { json } = await api.call('GET', `${path}/runs?limit=2`);
  assert.equal(json.total, 3);
  const rest = (await api.call('GET', `${path}/runs?limit=2&cursor=${json.nextCursor}`)).json;
  assert.equal(rest.nextCursor, null);
  const rows = [...json.items, ...rest.items].map((run) => [
    run.runId,
    run.endedAs,
    run.reason?.code ?? null,
    run.isCurrent,
    run.resource.standaloneCu,
  ]);
  assert.deepEqual(rows, [
    [open, null, null, true, 1],
    [failed, 'RUN_ERROR', 'SOURCE_TOPIC_MISSING', false, 1],
    [paused, 'PAUSED', null, false, 1],
  ]);
  const foreign = await api.organization();
  assert.equal((await api.call('GET', `${path}/runs`, undefined, foreign.token)).json.code, 'PIPELINE_UNKNOWN');
  assert.equal((await api.call('GET', `${path}/runs`, undefined, org.token)).status, 200);
  assert.equal((await api.call('GET', `${path}/runs?cursor=x`)).json.code, 'CURSOR_INVALID');
});

test('one run tells what is known of its launches, and its own events', async () => {
  const { path, failed, open } = await fixture();
  const { db } = api.deps.store;
  const over = (await api.call('GET', `${path}/runs/${failed}`)).json;
  assert.deepEqual([over.endedAs, over.launch.isOut, over.report], ['RUN_ERROR', false, null]);
  assert.deepEqual([...new Set(over.events.map(({ runId }: { runId: string }) => runId))], [failed]);
  const supervision = {
    ...NO_SUPERVISION,
    launch: { pid: 7 },
    failures: 3,
    notice: { code: 'WAITING', message: 'It waits.' },
  };
  await db
    .update(runs)
    .set({ launcherState: JSON.stringify(supervision), attempts: 4, workerHost: 'h', workerPid: 7 })
    .where(eq(runs.runId, open));
  const { launch, launches } = (await api.call('GET', `${path}/runs/${open}`)).json;
  assert.equal(launches, 4);
  assert.deepEqual(launch, {
    isOut: true,
    launchTag: null,
    applicationId: null,
    host: 'h',
    pid: 7,
    supervisedBy: null,
    failuresInARow: 3,
    nextAttemptAt: null,
    askedToEndAt: null,
    notice: { code: 'WAITING', message: 'It waits.' },
    givenUp: null,
  });
  for (const id of ['none', '%00', `${open}x`])
    assert.equal((await api.call('GET', `${path}/runs/${id}`)).json.code, 'RUN_UNKNOWN', id);
});

test('logs of an earlier run are those in its folder', async () => {
  const { path, paused, open } = await fixture();
  for (const runId of [paused, open]) {
    mkdirSync(join(dataDir, 'runs', runId), { recursive: true });
    writeFileSync(join(dataDir, 'runs', runId, 'worker.log'), `log of ${runId}\n`);
  }
  const list = (await api.call('GET', `${path}/runs/${paused}/logs`)).json;
  assert.deepEqual([list.runId, list.files.map(({ logId }: { logId: string }) => logId)], [paused, ['worker.log']]);
  assert.equal((await api.call('GET', `${path}/runs/${paused}/logs/worker.log`)).text, `log of ${paused}\n`);
  assert.equal((await api.call('GET', `${path}/runs/${open}/logs/worker.log`)).text, `log of ${open}\n`);
  assert.equal((await api.call('GET', `${path}/runs/${paused}/logs/other.log`)).json.code, 'LOG_UNKNOWN');
  assert.equal((await api.call('GET', `${path}/runs/none/logs`)).json.code, 'RUN_UNKNOWN');
});

test('a series adds up what every worker of the pipeline counted, and says what happened meanwhile', async () => {
  const { org, path, open } = await fixture();
  const { db } = api.deps.store;
  const pid = 4711;
  let spentMs = 0;
  const launched = async (launchId: string) => {
    spentMs = 0;
    const launch = { kind: 'standalone', launchId, host: 'here', pid, at: 5 };
    const launcherState = JSON.stringify({ ...NO_SUPERVISION, launch });
    await db
      .update(runs)
      .set({ launcherState, tokenHash: hashToken('token') })
      .where(eq(runs.runId, open));
  };
  const from = api.deps.clock.now() + 1;
  let sequence = 0;
  const say = async (workerId: string, recordsRead: number, more: Partial<Heartbeat> = {}, isMeasured = true) => {
    sequence += 1;
    spentMs += 900;
    const task = { part: 0, topic: 't', partition: 0, committedOffset: 1, endOffset: 5, lag: 4, stalledMs: 0 };
    const times = { openMs: spentMs + 100, idleMs: 100, rateMs: 0, commitMs: spentMs / 9 };
    const stages = { S: { busyMs: spentMs, from: { Source: recordsRead } } };
    const heard = await receiveHeartbeat({ ...api.deps, policy: DEFAULT_POLICY }, open, 'token', {
      runId: open,
      workerId,
      launchId: workerId,
      pid,
      host: 'here',
      startedAt: 5,
      sequence,
      phase: 'running',
      tasks: [{ ...task, eventLagMs: 7000 }],
      ...(isMeasured ? { work: { 0: { ...times, commits: sequence, stages } } } : {}),
      stages: { S: { input: 0, output: 0, errors: {}, dropped: { late: recordsRead / 10 } } },
      recordsRead,
      bytesRead: 0,
      recordsWritten: recordsRead,
      rssMb: 100,
      cpuMs: 1,
      events: [],
      ...more,
    });
    assert.deepEqual([heard.kind, heard.kind === 'answered' && heard.reply.desired], ['answered', 'run']);
  };
  await launched('w1');
  await applyObservation(api.deps, open, 'workerRunning');
  for (let beat = 0; beat < 40; beat += 1) {
    api.enos.advance(1000);
    await say('w1', beat * 100);
  }
  await api.call('PATCH', `${path}/run`, { kafkaRate: 50 });
  // Its last word comes between two samples, and counts all the same.
  api.enos.advance(2000);
  await say('w1', 4500, { phase: 'draining' });
  await launched('w2');
  for (let beat = 0; beat < 20; beat += 1) {
    api.enos.advance(1000);
    await say('w2', beat * 10);
  }
  const to = api.deps.clock.now() + 1;
  const read = async (query: string) => (await api.call('GET', `${path}/series?${query}`, undefined, org.token)).json;
  const series = await read(`from=${from}&to=${to}`);
  const sum = (of: 'recordsIn' | 'dropped' | 'commitMs') =>
    series.points.reduce((total: number, point: Record<string, number>) => total + (point[of] ?? Number.NaN), 0);
  // The second worker was sampled last at one of its beats on a step of 15 s.
  assert.ok(sum('recordsIn') >= 4500 && sum('recordsIn') < 4500 + 200, `${sum('recordsIn')}`);
  assert.equal(sum('dropped') * 10, sum('recordsIn'));
  assert.equal(series.stepMs, 15_000);
  assert.equal(Math.max(...series.points.map(({ workers }: { workers: number }) => workers)), 2);
  const kinds = series.markers.map(({ kind }: { kind: string }) => kind);
  assert.deepEqual(kinds, ['worker', 'rate', 'worker']);
  const whole = await read('points=10');
  assert.deepEqual(
    whole.markers.filter(({ kind }: { kind: string }) => kind === 'end').map(({ code }: { code: string }) => code),
    [null, 'SOURCE_TOPIC_MISSING'],
  );
  assert.deepEqual([whole.cutBefore, whole.stepMs], [null, 600_000]);
  const wrong = await api.call('GET', `${path}/series?from=5&to=5`);
  assert.deepEqual([wrong.status, wrong.json.code], [400, 'REQUEST_INVALID']);
  assert.equal((await api.call('GET', `${path}/series?from=0`)).status, 400, 'decades in three hundred points');
  assert.deepEqual([...new Set(series.points.map(({ eventLagMs }: { eventLagMs: number }) => eventLagMs))], [7000]);
  assert.ok(sum('commitMs') >= 4000 && sum('commitMs') < 6000, `${sum('commitMs')}`);

  const ofStages = (await api.call('GET', `${path}/stage-series?from=${from}&to=${to}`, undefined, org.token)).json;
  const total = (column: (number | null)[]) => column.reduce((all, value) => Number(all) + Number(value), 0);
  const [stage] = ofStages.stages;
  const [edge] = ofStages.edges;
  assert.deepEqual(
    [ofStages.stepMs, ofStages.cutBefore, stage.stage, edge.from, edge.to],
    [60_000, null, 'S', 'Source', 'S'],
  );
  // The last word of the first worker, and of the second what it had done at its last sample of the minute.
  const along = Number(total(edge.records));
  assert.ok(along >= 4500 && along < 4700, `${along}`);
  assert.equal(Number(total(stage.dropped)) * 10, along);
  assert.equal(total(stage.busyMs), 41 * 900 + ((along - 4500) / 10 + 1) * 900);
  assert.equal((await api.call('GET', `${path}/stage-series?from=5&to=5`)).status, 400);

  const { shares, windowMs, ...bottleneck } = (await api.call('GET', `${path}/bottleneck`, undefined, org.token)).json;
  assert.deepEqual(bottleneck, {
    state: 'limited',
    code: 'BOTTLENECK_STAGE',
    params: { stage: 'S', percent: 90, lag: 4 },
    limit: { kind: 'stage', stage: 'S', part: 0 },
    share: 0.9,
    at: to - 1,
  });
  assert.ok(windowMs >= 10_000 && windowMs <= 19_000, `${windowMs}`);
  assert.deepEqual(
    shares.map(({ kind, share }: { kind: string; share: number }) => [kind, share]),
    [
      ['stage', 0.9],
      ['commit', 0.1],
    ],
  );
  // A worker of an older version does not measure time: its heartbeat is taken, and nothing is made up.
  api.enos.advance(1000);
  await say('w2', 200, {}, false);
  assert.equal((await api.call('GET', `${path}/bottleneck`)).json.code, 'BOTTLENECK_NOT_MEASURED');
  api.enos.advance(60_000);
  assert.equal((await api.call('GET', `${path}/bottleneck`)).json.code, 'BOTTLENECK_NOT_RUNNING');
});
