import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SAME_READ_MS } from '../../../audit/data-reads.ts';
import { auditEntries } from '../../../store/schema.ts';
import { ADMIN_TOKEN, createEnosClient, documentOf } from '../../enos/testing/enos-fixture.ts';
import { routesOf } from '../../plugins/route-list.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

// One fixture for all: starting the embedded database takes a while.
let api: Awaited<ReturnType<typeof createApiFixture>>;
const cleanups: (() => unknown)[] = [];
before(async () => {
  api = await createApiFixture({ after: (cleanup) => cleanups.push(cleanup) });
});
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** A call from an address of its own, by whoever has the token. */
const send = async (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  { body, token = ADMIN_TOKEN, from = '10.1.2.3' }: { body?: object; token?: string; from?: string } = {},
) => {
  const answer = await api.app.inject({
    method,
    url: `/api/v1/${path}`,
    headers: { authorization: `Bearer ${token}`, ...(method === 'PUT' ? { 'if-match': '*' } : {}) },
    remoteAddress: from,
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, json: answer.json() };
};

const entriesOf = async (path: string, token = ADMIN_TOKEN) => (await send('GET', path, { token })).json.items;

const pipelineOf = async (orgId: string, token = ADMIN_TOKEN) => {
  const made = await send('POST', `organizations/${orgId}/pipelines`, {
    body: { name: 'p', document: documentOf() },
    token,
  });
  assert.equal(made.status, 201);
  return made.json.pipelineId as string;
};

test('who did what is told with where from and to which revision, newest first', async () => {
  const { orgId, token, accessKey } = await api.organization();
  const pipelineId = await pipelineOf(orgId, token);
  const saved = await send('PUT', `pipelines/${pipelineId}/document`, { body: documentOf(), from: '10.9.9.9' });
  assert.equal(saved.status, 200);
  const items = await entriesOf(`organizations/${orgId}/audit?target=${pipelineId}`);
  const at = api.deps.clock.now();
  assert.deepEqual(items, [
    {
      at,
      orgId,
      actor: 'admin',
      address: '10.9.9.9',
      action: 'pipeline.save',
      target: pipelineId,
      detail: 'revision 2',
    },
    {
      at,
      orgId,
      actor: accessKey,
      address: '10.1.2.3',
      action: 'pipeline.create',
      target: pipelineId,
      detail: 'revision 1',
    },
  ]);
  const [made] = await entriesOf(`organizations/${orgId}/audit?action=organization.`);
  assert.equal(made.address, null, 'not by a call');
});

test('entries are chosen by who, what, with what and when, and paged without a gap by what comes meanwhile', async () => {
  const { orgId, token, accessKey } = await api.organization();
  const path = `organizations/${orgId}/audit`;
  const before = api.deps.clock.now();
  api.enos.advance(1000);
  const [first, second] = [await pipelineOf(orgId), await pipelineOf(orgId, token)];
  const targets = async (query: string) =>
    (await entriesOf(`${path}?${query}`)).map(({ target }: { target: string }) => target);
  assert.deepEqual(await targets('action=pipeline.'), [second, first]);
  assert.deepEqual(await targets('action=pipeline'), [second, first]);
  assert.deepEqual(await targets('action=%25'), [], 'no pattern');
  assert.deepEqual(await targets(`actor=${accessKey}`), [second]);
  assert.deepEqual(await targets(`actor=admin&action=pipeline.create`), [first]);
  assert.deepEqual(await targets(`from=${before + 1}&to=${before + 1000}`), [second, first]);
  assert.deepEqual(await targets(`action=pipeline.&to=${before}`), []);
  const page = (await send('GET', `${path}?limit=1&action=pipeline.`)).json;
  assert.deepEqual([page.items[0].target, page.total], [second, null]);
  await pipelineOf(orgId);
  const next = (await send('GET', `${path}?limit=1&action=pipeline.&cursor=${page.nextCursor}`)).json;
  assert.deepEqual([next.items[0].target, next.nextCursor], [first, null]);
  assert.equal((await send('GET', `${path}?cursor=made-up`)).json.code, 'CURSOR_INVALID');
  assert.equal((await send('GET', `${path}?actor=%00`)).status, 400);
});

test('it is for administrators: of an organisation its own, of the installation all, also what is of nobody', async () => {
  const [own, foreign] = [await api.organization(), await api.organization()];
  await pipelineOf(foreign.orgId);
  const mine = await entriesOf(`organizations/${own.orgId}/audit`, own.token);
  assert.deepEqual(new Set(mine.map(({ orgId }: { orgId: string }) => orgId)), new Set([own.orgId]));
  assert.equal((await send('GET', `organizations/${foreign.orgId}/audit`, { token: own.token })).status, 404);
  assert.equal((await send('GET', 'audit', { token: own.token })).status, 403);
  const { json: key } = await send('POST', `organizations/${own.orgId}/access-keys`, { body: { role: 'designer' } });
  const designer = createEnosClient({ ...api.enos, app: api.app }, { ...key, orgId: own.orgId });
  assert.equal((await send('GET', `organizations/${own.orgId}/audit`, { token: await designer.token() })).status, 403);
  await send('POST', 'users', { body: { email: `${own.orgId}@example.org` } });
  const all = await entriesOf('audit?limit=200');
  const orgs = new Set(all.map(({ orgId }: { orgId: string | null }) => orgId));
  for (const orgId of [own.orgId, foreign.orgId, null]) assert.ok(orgs.has(orgId), String(orgId));
  const one = await entriesOf(`audit?orgId=${foreign.orgId}`);
  assert.ok(one.length > 0 && one.every(({ orgId }: { orgId: string }) => orgId === foreign.orgId));
});

test('a look at data is noted once in ten minutes for each who looks and each thing, and a refused one never', async () => {
  const { orgId, token, accessKey } = await api.organization();
  const pipelineId = await pipelineOf(orgId);
  const reads = async () =>
    (await entriesOf(`organizations/${orgId}/audit?action=data.read`)).map(
      (entry: { actor: string; target: string; detail: string; address: string }) => [
        entry.actor,
        entry.target,
        entry.detail,
        entry.address,
      ],
    );
  const path = `pipelines/${pipelineId}/logs`;
  const look = (own: string, from?: string) =>
    send('GET', path, { token: own, ...(from === undefined ? {} : { from }) });
  const stranger = await api.organization();
  assert.equal((await look(stranger.token)).status, 404);
  assert.deepEqual(await reads(), []);
  assert.equal((await look(token, '10.7.7.7')).status, 200);
  assert.equal((await look(token)).status, 200);
  await look(ADMIN_TOKEN);
  const detail = `GET /api/v1/${path}`;
  const once = [
    ['admin', pipelineId, detail, '10.1.2.3'],
    [accessKey, pipelineId, detail, '10.7.7.7'],
  ];
  assert.deepEqual(await reads(), once);
  api.enos.advance(SAME_READ_MS - 1);
  await look(ADMIN_TOKEN);
  assert.deepEqual(await reads(), once);
  api.enos.advance(1);
  await look(ADMIN_TOKEN);
  assert.equal((await reads()).length, 3);
});

test('every route that declares it reads data is noted, and state by the EnOS call too', async () => {
  const { orgId, token, ...keys } = await api.organization();
  const pipelineId = await pipelineOf(orgId);
  const routes = routesOf(api.app).filter(
    ({ config, method }) => config?.permission === 'data.read' && method !== 'HEAD',
  );
  assert.ok(routes.length >= 8, 'the routes are known');
  for (const { method, url } of routes) {
    const { db } = api.deps.store;
    await db.delete(auditEntries);
    const path = url.replace(':orgId', orgId).replace(':pipelineId', pipelineId).replaceAll(/:\w+/g, 'none');
    const answer = await api.app.inject({
      method: [method].flat()[0] as 'GET',
      url: path,
      headers: { authorization: `Bearer ${token}` },
      ...(method === 'GET' ? {} : { payload: {} }),
    });
    const noted = (await db.select().from(auditEntries)).filter(({ action }) => action === 'data.read');
    assert.equal(noted.length, answer.statusCode < 400 ? 1 : 0, `${method} ${url} ${answer.body.slice(0, 200)}`);
  }
  // A token was asked for in this millisecond already.
  api.enos.advance(10);
  const client = createEnosClient({ ...api.enos, app: api.app }, { orgId, ...keys });
  await send('POST', `pipelines/${pipelineId}/release`, { body: {} });
  const asked = await client.call('POST', 'stage-state', {
    query: `action=get&orgId=${orgId}`,
    body: { pipelineId, stageInstanceName: 'LatePointTagger_1', assetIds: ['a'], pointIds: ['p'] },
  });
  assert.equal(asked.json.code, 0, asked.text);
  const [entry] = await entriesOf(`organizations/${orgId}/audit?action=data.read`);
  assert.deepEqual([entry.actor, entry.target, entry.detail], [keys.accessKey, pipelineId, 'stage-state-get']);
});
