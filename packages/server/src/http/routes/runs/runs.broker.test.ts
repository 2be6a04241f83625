import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { NO_SUPERVISION } from '@penstock/modes';
import { eq } from 'drizzle-orm';
import { applyObservation } from '../../../runs/apply-observation.ts';
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
