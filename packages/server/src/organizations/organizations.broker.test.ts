import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEnosClient, createEnosFixture, documentOf } from '../http/enos/testing/enos-fixture.ts';
import { stopPipeline } from '../lifecycle/change-desired.ts';
import { releasePipeline } from '../lifecycle/release-pipeline.ts';
import { startPipeline } from '../lifecycle/start-pipeline.ts';
import { deletePipeline } from '../pipelines/delete-pipeline.ts';
import { savePipeline } from '../pipelines/save-pipeline.ts';
import { getGrants, setGrant, withdrawGrant } from '../resources/grants.ts';
import { applyObservation } from '../runs/apply-observation.ts';
import { accessKeys, accessTokens, auditEntries } from '../store/schema.ts';
import { findPipeline } from '../use-case/find-pipeline.ts';
import { createAccessKey, deleteAccessKey, listAccessKeys } from './access-keys.ts';
import { createOrganization, deleteOrganization, listOrganizations } from './organizations.ts';

const actor = 'admin';

test('organizations have checked ids and names, and exist once', async (t) => {
  const { deps } = await createEnosFixture(t);
  const made = await createOrganization(deps, { name: 'Küste', actor });
  assert.match(made.orgId, /^o\d{16}$/);
  await createOrganization(deps, { orgId: 'demo', name: 'Demo', actor });
  await assert.rejects(createOrganization(deps, { orgId: 'demo', name: 'x', actor }), { code: 'ORGANIZATION_EXISTS' });
  for (const orgId of ['', '../x', 'a b', 'a\u0000', 'x'.repeat(65), '_x', 'OFFLINE_o1'])
    await assert.rejects(createOrganization(deps, { orgId, name: 'x', actor }), { code: 'FIELD_INVALID' });
  for (const name of ['', ' ', 'a\u0000b', 'x'.repeat(201)])
    await assert.rejects(createOrganization(deps, { name, actor }), { code: 'FIELD_INVALID' });
  assert.deepEqual((await listOrganizations(deps)).map(({ name }) => name).sort(), ['Demo', 'Küste']);
});

test('nothing secret is in the database in clear, and a deleted key is worth nothing at once', async (t) => {
  const fixture = await createEnosFixture(t);
  const { deps } = fixture;
  const org = await fixture.organization();
  const client = createEnosClient(fixture, org);
  const token = await client.token();
  const rows = JSON.stringify([
    await deps.store.db.select().from(accessKeys),
    await deps.store.db.select().from(accessTokens),
  ]);
  assert.ok(!rows.includes(org.secretKey) && !rows.includes(token));

  const second = await createAccessKey(deps, { orgId: org.orgId, name: 'second', actor });
  assert.deepEqual((await listAccessKeys(deps, org.orgId)).map(({ name }) => name).sort(), ['', 'second']);
  const foreign = { orgId: (await fixture.organization()).orgId, accessKey: second.accessKey, actor };
  await assert.rejects(deleteAccessKey(deps, foreign), { code: 'ACCESS_KEY_UNKNOWN' });
  assert.equal((await client.call('GET', 'streaming/pipelines')).http, 200);
  await deleteAccessKey(deps, { orgId: org.orgId, accessKey: org.accessKey, actor });
  assert.deepEqual((await client.call('GET', 'streaming/pipelines')).json.status, 1203);
  await assert.rejects(deleteAccessKey(deps, { orgId: org.orgId, accessKey: 'a\u0000', actor }), {
    code: 'ACCESS_KEY_UNKNOWN',
  });
});

test('grants are set, changed below what is used, and withdrawn', async (t) => {
  const fixture = await createEnosFixture(t);
  const { deps } = fixture;
  const { orgId } = await fixture.organization({ standaloneCu: 2 });
  const pipelineId = await released(fixture, orgId);
  await startPipeline(deps, { orgId, pipelineId, actor }, { executionMode: 0, resourceConfig: 2 });
  await setGrant(deps, { orgId, resource: 'standalone', cu: 0.5, actor });
  await setGrant(deps, { orgId, resource: 'cluster-yarn', cu: 8, actor });
  assert.deepEqual(await getGrants(deps, orgId), {
    standalone: { granted: 0.5, used: 2, available: -1.5 },
    clusterServer: null,
    clusterYarn: { granted: 8, used: 0, available: 8 },
    streamDesigning: { granted: 1, used: 0.334, available: 0.666 },
    messageQueue: null,
  });
  await withdrawGrant(deps, { orgId, resource: 'cluster-yarn', actor });
  await assert.rejects(withdrawGrant(deps, { orgId, resource: 'cluster-yarn', actor }), { code: 'GRANT_UNKNOWN' });
  for (const cu of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0.0001, 1e9])
    await assert.rejects(setGrant(deps, { orgId, resource: 'standalone', cu, actor }), { code: 'FIELD_INVALID' });
  await assert.rejects(setGrant(deps, { orgId: 'nobody', resource: 'standalone', cu: 1, actor }), {
    code: 'ORGANIZATION_UNKNOWN',
  });
});

const released = async ({ deps }: Awaited<ReturnType<typeof createEnosFixture>>, orgId: string): Promise<string> => {
  const pipelineId = await savePipeline(
    deps,
    { orgId, pipelineId: null, actor },
    { document: JSON.stringify(documentOf()) },
  );
  await releasePipeline(deps, { orgId, pipelineId, actor });
  return pipelineId;
};

test('pipelines and organizations are deleted when nothing runs, with what they keep in Kafka', async (t) => {
  const fixture = await createEnosFixture(t);
  const { deps, kafka } = fixture;
  const { orgId } = await fixture.organization({ standaloneCu: 2 });
  const pipelineId = await released(fixture, orgId);
  const never = await released(fixture, orgId);
  const target = { orgId, pipelineId, actor };
  const { runId } = await startPipeline(deps, target, { executionMode: 0 });
  await assert.rejects(deletePipeline(deps, target), { code: 'PIPELINE_STATUS_FORBIDS' });
  await assert.rejects(deleteOrganization(deps, { orgId, actor }), { code: 'ORGANIZATION_IN_USE' });
  await applyObservation(deps, runId, 'startFailed');

  // What Kafka keeps cannot be cleared now: nothing is deleted, and the pipeline is as it was.
  kafka.isReachable = false;
  await assert.rejects(deletePipeline(deps, target), { code: 'KAFKA_UNREACHABLE' });
  const { status, releasedNumber } = await findPipeline(deps.store.db, orgId, pipelineId);
  assert.deepEqual([status, releasedNumber], ['START_ERROR', 1]);
  kafka.isReachable = true;

  await deletePipeline(deps, { orgId, pipelineId: never, actor });
  assert.deepEqual(kafka.cleared, []);
  await deleteOrganization(deps, { orgId, actor });
  assert.deepEqual(kafka.cleared, [pipelineId]);
  await assert.rejects(stopPipeline(deps, target), { code: 'PIPELINE_UNKNOWN' });
  await assert.rejects(deleteOrganization(deps, { orgId, actor }), { code: 'ORGANIZATION_UNKNOWN' });
  const actions = (await deps.store.db.select().from(auditEntries)).map(({ action }) => action);
  assert.deepEqual(actions.slice(-3), ['pipeline.delete', 'pipeline.delete', 'organization.delete']);
});
