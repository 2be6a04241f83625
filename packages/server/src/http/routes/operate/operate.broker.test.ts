import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createAccessKey } from '../../../organizations/access-keys.ts';
import { applyObservation } from '../../../runs/apply-observation.ts';
import { createFreshStores } from '../../../runs/testing/fresh-store.ts';
import { samples } from '../../../store/schema.ts';
import { createEnosClient } from '../../enos/testing/enos-fixture.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const freshStore = createFreshStores();

const fixture = async (t: TestContext) => {
  const api = await createApiFixture(t, { store: await freshStore(t) });
  const org = await api.organization();
  const make = async (name: string, extra: object = {}) => {
    const made = await api.call('POST', `organizations/${org.orgId}/pipelines`, {
      name,
      document: { pipelineConfig: { stages: [] } },
      ...extra,
    });
    assert.equal(made.status, 201, made.text);
    return made.json.pipelineId as string;
  };
  const on = (pipelineId: string, command: string, body: object = {}) =>
    api.call('POST', `pipelines/${pipelineId}/${command}`, body, org.token);
  return { ...api, org, make, on };
};

test('a pipeline is released, started, paused and stopped by routes of its own, with a note that is kept', async (t) => {
  const { call, deps, make, on } = await fixture(t);
  const id = await make('p');
  const released = await on(id, 'release', { note: 'first', expectedRevision: 1 });
  assert.deepEqual([released.status, released.json.version, released.json.pipeline.status], [200, 1, 'PUBLISHED']);
  const started = await on(id, 'start', { executionMode: 0, expectedVersion: 1, note: 'go' });
  assert.deepEqual([started.status, started.json.pipeline.status], [200, 'STARTING']);
  await applyObservation(deps, started.json.runId, 'workerRunning');
  assert.equal((await on(id, 'pause', { note: 'lunch' })).json.status, 'PAUSING');
  await applyObservation(deps, started.json.runId, 'workerStopped');
  assert.equal((await on(id, 'stop')).json.status, 'STOPPING');
  const told = (await call('GET', `pipelines/${id}/events`)).json.items.map(
    ({ message }: { message: string }) => message,
  );
  for (const note of ['first', 'go', 'lunch'])
    assert.ok(
      told.some((message: string) => message.endsWith(`Note: ${note}`)),
      note,
    );
  const versions = await call('GET', `pipelines/${id}/versions`);
  assert.deepEqual([versions.json.items[0].note, versions.json.items[0].releasedBy.length > 0], ['first', true]);
});

test('a command that was decided on another state of things is refused, and says who changed it and when', async (t) => {
  const { call, make, on, org } = await fixture(t);
  const id = await make('p');
  await call('PATCH', `pipelines/${id}`, { description: 'changed' }, org.token);
  const refused = await on(id, 'release', { expectedRevision: 1 });
  assert.deepEqual([refused.status, refused.json.code], [412, 'REVISION_OUTDATED']);
  assert.deepEqual([refused.json.params.revision, refused.json.params.updatedBy], [2, org.accessKey]);
  assert.match(refused.json.message, new RegExp(`"${org.accessKey}" at 20\\d\\d-`));
  assert.equal((await on(id, 'release', { expectedRevision: 2 })).status, 200);
  assert.equal((await on(id, 'start', { executionMode: 0, expectedVersion: 7 })).status, 412);
  assert.equal((await call('GET', `pipelines/${id}`)).json.status, 'PUBLISHED', 'nothing was started');
  assert.equal((await on(id, 'reset', { what: 'state', expectedRevision: 1 })).status, 412);
});

test('what to know before a start: what arrives, what is left, what is allowed', async (t) => {
  const { call, deps, make, on } = await fixture(t);
  const id = await make('p');
  const ask = async () => (await call('GET', `pipelines/${id}/start-options`)).json;
  assert.equal((await ask()).obstacle.code, 'PIPELINE_STATUS_FORBIDS');
  await on(id, 'release');
  const fresh = await ask();
  assert.deepEqual(
    [fresh.obstacle, fresh.suggested],
    [null, { kafkaRate: 1000, basis: 'default', arrivalPerSecond: null }],
  );
  const [standalone] = fresh.modes;
  assert.deepEqual(standalone.resources, [{ resource: 'standalone', granted: 4, used: 0, left: 4 }]);
  assert.ok(fresh.advanced.some(({ name }: { name: string }) => name === 'spark.memory.fraction'));
  const started = await on(id, 'start', { executionMode: 0, kafkaRate: 500, resourceConfig: { server: 3 } });
  const row = {
    pipelineId: id,
    runId: started.json.runId,
    topic: 't',
    recordsIn: 0,
    recordsOut: 0,
    errors: 0,
    rssMb: 1,
  };
  await deps.store.db.insert(samples).values([
    { ...row, at: 0, lag: 100, offset: 0 },
    { ...row, at: 60_000, lag: 40, offset: 7560 },
  ]);
  const running = await ask();
  assert.deepEqual(running.suggested, { kafkaRate: 250, basis: 'measured', arrivalPerSecond: 125 });
  assert.deepEqual([running.modes[0].resources[0].left, running.last.resourceConfig.server], [1, 3]);
});

test('the same is done with several pipelines, with a result for each', async (t) => {
  const { call, make, on, org, enos, deps } = await fixture(t);
  const [a, b] = [await make('a'), await make('b')];
  const many = (body: object, token = org.token) =>
    call('POST', `organizations/${org.orgId}/pipelines/bulk`, body, token);
  const released = await many({ action: 'release', pipelineIds: [a, 'foreign', b], note: 'all' });
  assert.deepEqual(
    released.json.results.map(({ done, problem }: { done: boolean; problem: { code: string } | null }) => [
      done,
      problem?.code ?? null,
    ]),
    [
      [true, null],
      [false, 'PIPELINE_UNKNOWN'],
      [true, null],
    ],
  );
  const filed = await many({ action: 'file', pipelineIds: [a, b], group: 'north', addLabels: ['x', 'y'] });
  assert.deepEqual(
    filed.json.results.map(({ done }: { done: boolean }) => done),
    [true, true],
  );
  const detail = (await call('GET', `pipelines/${a}`)).json;
  assert.deepEqual([detail.group, detail.labels, detail.revision], ['north', ['x', 'y'], 1]);
  assert.equal((await many({ action: 'start', pipelineIds: [a] })).status, 400);
  assert.equal((await on(a, 'start', { executionMode: 0 })).status, 200);
  const deleted = await many({ action: 'delete', pipelineIds: [a, b] });
  assert.deepEqual(
    deleted.json.results.map(({ problem }: { problem: { code: string } | null }) => problem?.code ?? null),
    ['PIPELINE_STATUS_FORBIDS', null],
  );
  const { accessKey, secretKey } = await createAccessKey(deps, { orgId: org.orgId, role: 'operator', actor: 'admin' });
  const operator = await createEnosClient(enos, { orgId: org.orgId, accessKey, secretKey }).token();
  assert.equal((await many({ action: 'pause', pipelineIds: [a] }, operator)).status, 200);
  assert.equal((await many({ action: 'delete', pipelineIds: [a] }, operator)).json.code, 'ROLE_FORBIDS');
});
