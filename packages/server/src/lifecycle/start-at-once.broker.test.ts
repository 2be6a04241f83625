import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RealPostgres, startRealPostgres } from '@penstock/testkit/postgres';
import { eq } from 'drizzle-orm';
import { createEnosFixture, documentOf, type EnosFixture } from '../http/enos/testing/enos-fixture.ts';
import { savePipeline } from '../pipelines/save-pipeline.ts';
import { getGrants } from '../resources/grants.ts';
import { applyObservation } from '../runs/apply-observation.ts';
import { renewStartLock } from '../runs/start-lock.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { pipelines, runs, startLocks } from '../store/schema.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import { pausePipeline, stopPipeline } from './change-desired.ts';
import { releasePipeline } from './release-pipeline.ts';
import { startPipeline } from './start-pipeline.ts';

// Several service instances on one PostgreSQL: each has its own pool of connections.
let postgres: RealPostgres;
const stores: Store[] = [];
before(async () => {
  postgres = await startRealPostgres();
  const databaseUrl = await postgres.createDatabase('penstock');
  for (let i = 0; i < 3; i += 1) stores.push(await openStore({ databaseUrl, dataDir: '/nonexistent' }));
});
after(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await postgres.stop();
});

const instances = async (
  t: Parameters<typeof createEnosFixture>[0],
): Promise<[EnosFixture, EnosFixture, EnosFixture]> => {
  const make = (i: number) => {
    const store = stores[i];
    assert.ok(store);
    return createEnosFixture(t, { store, instanceId: `instance-${i}` });
  };
  return [await make(0), await make(1), await make(2)];
};

const released = async ({ deps }: EnosFixture, orgId: string): Promise<string> => {
  const pipelineId = await savePipeline(
    deps,
    { orgId, pipelineId: null, actor: 'admin' },
    { document: JSON.stringify(documentOf()) },
  );
  await releasePipeline(deps, { orgId, pipelineId, actor: 'admin' });
  return pipelineId;
};

/** `started`, or the code of what was wrong. */
const start = async ({ deps }: EnosFixture, orgId: string, pipelineId: string, server = 1): Promise<string> => {
  try {
    await startPipeline(deps, { orgId, pipelineId, actor: 'admin' }, { executionMode: 0, resourceConfig: { server } });
    return 'started';
  } catch (error) {
    assert.ok(error instanceof UseCaseError, String(error));
    return error.code;
  }
};

const runOf = async ({ deps }: EnosFixture, pipelineId: string): Promise<string> => {
  const [row] = await deps.store.db.select().from(pipelines).where(eq(pipelines.pipelineId, pipelineId));
  return row?.currentRunId ?? '';
};

test('of starts at once in one organization one is accepted, whatever the instance', async (t) => {
  const all = await instances(t);
  const { orgId } = await all[0].organization({ standaloneCu: 100 });
  const ids = await Promise.all(Array.from({ length: 9 }, () => released(all[0], orgId)));
  const answers = await Promise.all(ids.map((id, i) => start(all[i % 3] ?? all[0], orgId, id)));
  assert.deepEqual(answers.sort(), [...Array(8).fill('START_IN_PROGRESS'), 'started']);
  assert.equal((await getGrants(all[1].deps, orgId)).standalone?.used, 1);
});

test('one pipeline started by all instances at once gets one run', async (t) => {
  const all = await instances(t);
  const { orgId } = await all[0].organization({ standaloneCu: 100 });
  const pipelineId = await released(all[0], orgId);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => start(all[i % 3] ?? all[0], orgId, pipelineId)),
  );
  assert.equal(answers.filter((answer) => answer === 'started').length, 1);
  const open = await all[0].deps.store.db.select().from(runs).where(eq(runs.pipelineId, pipelineId));
  assert.equal(open.length, 1);
});

test('starts that overtake each other never spend more than was granted', async (t) => {
  const all = await instances(t);
  const { orgId } = await all[0].organization({ standaloneCu: 5 });
  const ids = await Promise.all(Array.from({ length: 12 }, () => released(all[0], orgId)));
  // As if each start ended at once: the organization's lock is out of the way, admission alone decides.
  const answers = await Promise.all(
    ids.map(async (id, i) => {
      const instance = all[i % 3] ?? all[0];
      for (;;) {
        const answer = await start(instance, orgId, id, 1.5);
        if (answer !== 'START_IN_PROGRESS') return answer;
        await instance.deps.store.db.delete(startLocks).where(eq(startLocks.orgId, orgId));
      }
    }),
  );
  assert.deepEqual(answers.sort(), [...Array(9).fill('RESOURCE_NOT_ENOUGH'), ...Array(3).fill('started')]);
  assert.deepEqual((await getGrants(all[2].deps, orgId)).standalone, { granted: 5, used: 4.5, available: 0.5 });
});

test('the start lock is freed when the pipeline runs, fails or is stopped, and when its owner dies', async (t) => {
  const [one, two] = await instances(t);
  const { orgId } = await one.organization({ standaloneCu: 10 });
  const [a = '', b = '', c = '', d = ''] = await Promise.all([1, 2, 3, 4].map(() => released(one, orgId)));

  assert.equal(await start(one, orgId, a), 'started');
  assert.equal(await start(two, orgId, b), 'START_IN_PROGRESS');
  await applyObservation(two.deps, await runOf(one, a), 'workerRunning');
  assert.equal(await start(two, orgId, b), 'started');
  await applyObservation(one.deps, await runOf(one, b), 'startFailed', { reason: { code: 'X', message: 'no.' } });
  assert.equal(await start(one, orgId, c), 'started');
  await stopPipeline(two.deps, { orgId, pipelineId: c, actor: 'admin' });
  assert.equal(await start(one, orgId, d), 'started');

  // Renewed by whoever supervises the run now, the lease holds; nobody renews it, it runs out.
  await renewStartLock(two.deps.store.db, await runOf(one, d), 'instance-1', one.deps.clock.now());
  two.advance(29_000);
  assert.equal(await start(two, orgId, b), 'START_IN_PROGRESS');
  two.advance(2_000);
  assert.equal(await start(two, orgId, b), 'started');
});

test('the start lock is not renewed for longer than two minutes, whatever its run waits for', async (t) => {
  const [one, two] = await instances(t);
  const { orgId } = await one.organization({ standaloneCu: 10 });
  const [a = '', b = ''] = await Promise.all([1, 2].map(() => released(one, orgId)));
  assert.equal(await start(one, orgId, a), 'started');
  const runId = await runOf(one, a);
  const answers: string[] = [];
  for (let at = 0; at < 180_000; at += 20_000) {
    await renewStartLock(one.deps.store.db, runId, 'instance-0', two.deps.clock.now());
    two.advance(20_000);
    answers.push(await start(two, orgId, b));
  }
  assert.deepEqual(answers.slice(0, 6), Array(6).fill('START_IN_PROGRESS'));
  assert.ok(answers.includes('started'), answers.join());
});

test('resources come back when a run pauses, stops, fails or cannot start, and only then', async (t) => {
  const [one, two] = await instances(t);
  const { orgId } = await one.organization({ standaloneCu: 2 });
  const pipelineId = await released(one, orgId);
  const target = { orgId, pipelineId, actor: 'admin' };
  const used = async () => (await getGrants(two.deps, orgId)).standalone?.used;
  const see = async (observation: Parameters<typeof applyObservation>[2]) =>
    (await applyObservation(two.deps, await runOf(one, pipelineId), observation)).state;

  await start(one, orgId, pipelineId, 2);
  assert.equal(await see('workerRunning'), 'RUNNING');
  assert.equal(await see('workerLost'), 'STARTING');
  assert.equal(await used(), 2);
  assert.equal(await see('workerRunning'), 'RUNNING');
  await pausePipeline(one.deps, target);
  assert.equal(await used(), 2);
  assert.equal(await see('workerStopped'), 'PAUSED');
  assert.equal(await used(), 0);

  await stopPipeline(one.deps, target);
  assert.equal(await used(), 0);
  assert.equal(await see('workerStopped'), 'STOPPED');

  await start(one, orgId, pipelineId, 2);
  // Never ran: whatever the supervisor calls it, it is a failed start.
  assert.equal(await see('workerFailed'), 'START_ERROR');
  assert.equal(await used(), 0);
  await start(one, orgId, pipelineId, 2);
  await see('workerRunning');
  await see('workerLost');
  assert.equal(await see('startFailed'), 'RUN_ERROR');
  assert.equal(await used(), 0);
});

test('an observation of a run that is over changes nothing', async (t) => {
  const [one] = await instances(t);
  const { orgId } = await one.organization({ standaloneCu: 2 });
  const pipelineId = await released(one, orgId);
  await start(one, orgId, pipelineId);
  const first = await runOf(one, pipelineId);
  await applyObservation(one.deps, first, 'startFailed');
  await start(one, orgId, pipelineId);
  assert.deepEqual(await applyObservation(one.deps, first, 'workerRunning'), { state: 'STARTING', changed: false });
  assert.deepEqual(await applyObservation(one.deps, 'nobody', 'workerRunning'), { state: undefined, changed: false });
});

test('commands and observations at once leave a state that fits its run', async (t) => {
  const all = await instances(t);
  const { orgId } = await all[0].organization({ standaloneCu: 100 });
  const ids = await Promise.all(Array.from({ length: 6 }, () => released(all[0], orgId)));
  await Promise.all(
    ids.map(async (pipelineId, i) => {
      const instance = all[i % 3] ?? all[0];
      const target = { orgId, pipelineId, actor: 'admin' };
      while ((await start(instance, orgId, pipelineId)) === 'START_IN_PROGRESS')
        await instance.deps.store.db.delete(startLocks).where(eq(startLocks.orgId, orgId));
      const runId = await runOf(instance, pipelineId);
      const refused = (error: unknown) => assert.ok(error instanceof UseCaseError, String(error));
      await Promise.all([
        applyObservation(all[0].deps, runId, 'workerRunning'),
        pausePipeline(all[1].deps, target).catch(refused),
        stopPipeline(all[2].deps, target).catch(refused),
        applyObservation(all[1].deps, runId, 'workerLost'),
        applyObservation(all[2].deps, runId, 'finished'),
      ]);
      const [pipeline] = await instance.deps.store.db
        .select()
        .from(pipelines)
        .where(eq(pipelines.pipelineId, pipelineId));
      const [run] = await instance.deps.store.db
        .select()
        .from(runs)
        .where(eq(runs.runId, pipeline?.currentRunId ?? ''));
      const isActive = ['STARTING', 'RUNNING', 'PAUSING', 'STOPPING'].includes(pipeline?.status ?? '');
      assert.equal(run?.endedAt === null, isActive, `${pipeline?.status} with a run ended at ${run?.endedAt}`);
    }),
  );
});
