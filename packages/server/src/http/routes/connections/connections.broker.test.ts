import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { defineTarget, discardTarget, type OperatorDefinition } from '@penstock/engine';
import { DesiredRun, PipelineState } from '@penstock/model';
import { parseSupervision } from '@penstock/modes';
import { prepareDatabase } from '@penstock/testkit/database';
import { Type } from 'typebox';
import { hideSecrets } from '../../../pipelines/hide-secrets.ts';
import { buildRunSpec } from '../../../runs/run-spec.ts';
import type { OpenRun } from '../../../runs/run-store.ts';
import { openStore, type Store } from '../../../store/open-store.ts';
import { auditEntries } from '../../../store/schema.ts';
import { connections } from '../../../store/schema-connections.ts';
import { connectionSecrets, openConnections } from '../../../use-case/open-connections.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const PASSWORD = 'hush-hush-hush';

/** A destination whose option "into" names a connection. */
const writer = defineTarget({
  id: 'writer',
  stageName: 'writer',
  library: 'test',
  version: 1,
  label: 'Writer',
  instancePrefix: 'Writer',
  libraries: [],
  category: 'target',
  keywords: [],
  summary: 'Writes.',
  description: 'Writes.',
  config: Type.Object({ into: Type.String({ default: '' }) }),
  connections: { into: 'postgresql' },
  target: () => discardTarget('written'),
}) as unknown as OperatorDefinition;

const documentNaming = (into: string) => ({
  pipelineConfig: {
    stages: [
      {
        instanceName: 'In',
        stageName: 'com_streamsets_pipeline_stage_devtest_rawdata_RawDataDSource',
        configuration: [{ name: 'rawData', value: '{}' }],
        inputLanes: [],
        outputLanes: ['a'],
      },
      {
        instanceName: 'Writer_01',
        stageName: 'writer',
        configuration: [{ name: 'into', value: into }],
        inputLanes: ['a'],
        outputLanes: [],
      },
    ],
  },
});

const settings = { host: '127.0.0.1', port: 1, database: 'd', user: 'u', tls: 'disable' };

// One embedded database for all: starting it takes a while.
let store: Store;
let dataDir: string;
before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'penstock-connections-'));
  store = await openStore({ dataDir: await prepareDatabase(dataDir) });
});
after(async () => {
  await store?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const withConnections = async (t: TestContext, outboundNetworks: string[] = []) => {
  const api = await createApiFixture(t, { store, operators: [writer], outboundNetworks });
  const org = await api.organization();
  const path = `organizations/${org.orgId}/connections`;
  const make = (name: string, more: object = {}) =>
    api.call('POST', path, { name, kind: 'postgresql', settings, secrets: { password: PASSWORD }, ...more }, org.token);
  const change = async (name: string, body: object, ifMatch: string | undefined) => {
    const response = await api.app.inject({
      method: 'PUT',
      url: `/api/v1/${path}/${name}`,
      headers: { authorization: `Bearer ${org.token}`, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
      payload: body,
    });
    return { status: response.statusCode, json: response.json() };
  };
  const pipeline = async (into: string) =>
    (
      await api.call(
        'POST',
        `organizations/${org.orgId}/pipelines`,
        { name: into, document: documentNaming(into) },
        org.token,
      )
    ).json.pipelineId as string;
  const secretsOf = async (name: string) =>
    (await openConnections(store.db, api.deps.seal, org.orgId, [name]))[0]?.secrets;
  return { ...api, org, path, make, change, pipeline, secretsOf };
};

test('a connection is made, shown without its secrets, changed by who has seen it, and removed', async (t) => {
  const it = await withConnections(t);
  const made = await it.make('warehouse');
  assert.deepEqual([made.status, made.headers.etag, made.json.revision], [201, '"1"', 1]);
  assert.deepEqual([made.json.secrets, made.json.address], [['password'], '127.0.0.1:1/d']);
  assert.deepEqual(
    made.json.issues.map(({ code, path }: { code: string; path: string }) => [code, path]),
    [['CONNECTION_NOT_PROTECTED', '/settings/tls']],
  );
  assert.equal((await it.make('warehouse')).json.code, 'CONNECTION_EXISTS');
  assert.equal((await it.change('warehouse', { description: 'x' }, undefined)).status, 428);
  const described = await it.change('warehouse', { description: 'x', settings }, '"1"');
  assert.deepEqual([described.status, described.json.revision, described.json.secrets], [200, 2, ['password']]);
  assert.equal((await it.change('warehouse', { description: 'y' }, '"1"')).json.code, 'REVISION_OUTDATED');
  assert.deepEqual(await it.secretsOf('warehouse'), { password: PASSWORD }, 'kept where nothing moved');

  const { db } = store;
  const everything = [
    await it.call('GET', it.path, undefined, it.org.token),
    await it.call('GET', `${it.path}/warehouse`, undefined, it.org.token),
    made,
    described,
    await db.select().from(connections),
    await db.select().from(auditEntries),
  ];
  assert.ok(!JSON.stringify(everything).includes(PASSWORD));
  assert.equal((await it.call('DELETE', `${it.path}/warehouse`, undefined, it.org.token)).status, 204);
  assert.equal((await it.call('GET', `${it.path}/warehouse`, undefined, it.org.token)).json.code, 'CONNECTION_UNKNOWN');
  const actions = (await db.select().from(auditEntries)).map(({ action }) => action);
  for (const action of ['create', 'change', 'delete']) assert.ok(actions.includes(`connection.${action}`), action);
});

test('a secret does not go along to another place', async (t) => {
  const it = await withConnections(t);
  await it.make('warehouse');
  for (const [name, value] of Object.entries({
    host: 'evil.example',
    port: 2,
    database: 'e',
    user: 'v',
    tls: 'require',
  })) {
    const moved = await it.change('warehouse', { settings: { ...settings, [name]: value } }, '*');
    assert.deepEqual([moved.status, moved.json.code], [400, 'CONNECTION_SECRET_REQUIRED'], name);
    assert.equal(moved.json.issues[0].path, '/secrets/password');
  }
  const masked = await it.change(
    'warehouse',
    { settings: { ...settings, port: 2 }, secrets: { password: '******' } },
    '*',
  );
  assert.equal(masked.json.code, 'CONNECTION_SECRET_REQUIRED', 'a mask is no secret');
  assert.deepEqual(await it.secretsOf('warehouse'), { password: PASSWORD });
  const given = await it.change('warehouse', { settings: { ...settings, port: 2 }, secrets: { password: 'new' } }, '*');
  assert.equal(given.status, 200);
  assert.deepEqual(await it.secretsOf('warehouse'), { password: 'new' });
  const without = await it.change('warehouse', { settings, secrets: { password: null } }, '*');
  assert.deepEqual(without.json.secrets, []);
});

test('what is wrong with settings is said, with where', async (t) => {
  const it = await withConnections(t);
  for (const [more, path] of [
    [{ settings: { ...settings, port: 70_000 } }, '/settings/port'],
    [{ settings: { ...settings, tls: 'maybe' } }, '/settings/tls'],
    [{ settings: { ...settings, host: '/tmp' } }, '/settings/host'],
    [{ settings: { ...settings, host: undefined } }, '/settings/host'],
    [{ settings: { ...settings, password: PASSWORD } }, '/settings'],
    [{ secrets: { pasword: PASSWORD } }, '/secrets'],
    [{ secrets: { password: 'x'.repeat(2000) } }, '/secrets/password'],
    [{ kind: 'oracle' }, '/kind'],
    [{ name: 'a/b' }, '/name'],
  ] as const) {
    const refused = await it.make('c', more);
    assert.deepEqual([refused.status, refused.json.issues?.[0]?.path], [400, path], JSON.stringify(more));
    assert.ok(!refused.text.includes(PASSWORD));
  }
  const others = await it.organization();
  await it.make('c');
  assert.equal((await it.call('GET', `${it.path}/c`, undefined, others.token)).status, 404);
});

test('a test connects where that is allowed, and says what is the matter', async (t) => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const inside = await withConnections(t);
  await inside.make('c', { settings: { ...settings, port } });
  const tried = (it: typeof inside) => it.call('POST', `${it.path}/c/test`, undefined, it.org.token);
  const refused = await tried(inside);
  assert.deepEqual(
    [refused.status, refused.json.connected, refused.json.code],
    [200, false, 'OUTBOUND_ADDRESS_REFUSED'],
  );
  assert.equal((await tried(inside)).json.code, 'CONNECTION_TESTED_JUST_NOW');
  const allowed = await withConnections(t, ['127.0.0.0/8']);
  await allowed.make('c', { settings: { ...settings, port } });
  assert.equal((await tried(allowed)).json.code, 'CONNECTION_UNREACHABLE');
});

test('a connection is there as long as a document names it, and a document needs those it names', async (t) => {
  const it = await withConnections(t);
  const orgId = it.org.orgId;
  const validate = async (into: string) =>
    (await it.call('POST', 'validate', { document: documentNaming(into), orgId }, it.org.token)).json.issues.map(
      ({ code, path }: { code: string; path: string }) => [code, path],
    );
  assert.deepEqual(await validate('warehouse'), [
    ['STAGE_CONNECTION_UNKNOWN', '/pipelineConfig/stages/1/configuration/0/value'],
  ]);
  await it.make('warehouse');
  await it.make('ware');
  assert.deepEqual(await validate('warehouse'), []);

  const pipelineId = await it.pipeline('warehouse');
  const usersOf = async (name: string) =>
    (await it.call('GET', `${it.path}/${name}/used-by`, undefined, it.org.token)).json.items;
  const user = { pipelineId, pipelineName: 'warehouse', stage: 'Writer_01' };
  assert.deepEqual(await usersOf('warehouse'), [{ ...user, copy: 'design' }]);
  assert.deepEqual(await usersOf('ware'), [], 'a name within a name is another');
  await it.call('POST', `pipelines/${pipelineId}/release`, {}, it.org.token);
  const empty = { pipelineConfig: { stages: [] } };
  await it.app.inject({
    method: 'PUT',
    url: `/api/v1/pipelines/${pipelineId}/document`,
    headers: { authorization: `Bearer ${it.org.token}`, 'if-match': '*' },
    payload: empty,
  });
  assert.deepEqual(await usersOf('warehouse'), [{ ...user, copy: 'released' }]);
  const refused = await it.call('DELETE', `${it.path}/warehouse`, undefined, it.org.token);
  assert.deepEqual([refused.status, refused.json.code], [409, 'CONNECTION_IN_USE']);
  assert.match(refused.json.message, /"warehouse"/);
  assert.equal((await it.call('DELETE', `${it.path}/ware`, undefined, it.org.token)).status, 204);
});

test('a run is given the connections its document names, and no others; what was hidden stays so', async (t) => {
  const it = await withConnections(t);
  const { seal } = it.deps;
  await it.make('warehouse');
  await it.make('other', { secrets: { password: 'of-another' } });
  const pipelineId = await it.pipeline('warehouse');
  await it.call('POST', `pipelines/${pipelineId}/release`, {}, it.org.token);
  const run: OpenRun = {
    runId: 'r',
    pipelineId,
    orgId: it.org.orgId,
    versionNumber: 1,
    executionMode: 0,
    resources: { mode: 'standalone', server: 1 },
    kafkaRate: 1,
    desired: DesiredRun.Run,
    desiredAt: 0,
    hasRun: false,
    state: PipelineState.Starting,
    sourcePartitions: 1,
    supervision: parseSupervision(null),
  };
  const { spec } = await buildRunSpec(
    {
      store,
      kafka: { bootstrapServers: 'k:9092' },
      modes: it.modes,
      secret: Buffer.alloc(32, 4),
      connectionsOf: (orgId, document) =>
        openConnections(store.db, seal, orgId, [...new Set(it.connections.usesOf(document).map(({ name }) => name))]),
    },
    run,
  );
  assert.deepEqual(spec.connectionValues, [
    { name: 'warehouse', kind: 'postgresql', settings, secrets: { password: PASSWORD } },
  ]);
  assert.deepEqual(
    spec.connections?.map(({ name }) => name),
    ['other', 'warehouse'],
  );
  const hidden = await connectionSecrets(store.db, seal, it.org.orgId);
  const said = hideSecrets({ line: `could not open ${PASSWORD} nor of-another` }, { connections: hidden });
  assert.deepEqual(said, { line: 'could not open ****** nor ******' });
});
