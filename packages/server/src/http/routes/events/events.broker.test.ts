import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { startRealPostgres } from '@penstock/testkit/postgres';
import { ServiceProcess } from '@penstock/testkit/service';
import { ROLES } from '../../../auth/permissions.ts';
import { parseBookmark } from '../../../changes/change.ts';
import { readChanges } from '../../../changes/read-changes.ts';
import { removeChanges } from '../../../changes/remove-changes.ts';
import { openStore } from '../../../store/open-store.ts';
import { accessKeys } from '../../../store/schema.ts';
import { ADMIN_TOKEN } from '../../enos/testing/enos-fixture.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { type EventStream, type Frame, openEvents } from '../../testing/read-events.ts';

const isChange = ({ event }: Frame): boolean => event === 'change';
/** The transaction that an id speaks of. */
const placeOf = (id: string | undefined): bigint => parseBookmark(`${id}`)?.position.xact ?? -1n;

// One application for all: starting the embedded database takes a while.
let api: Awaited<ReturnType<typeof createApiFixture>>;
let address: string;
const cleanups: (() => unknown)[] = [];
before(async () => {
  api = await createApiFixture({ after: (cleanup) => cleanups.push(cleanup) }, { beatMs: 20 });
  address = await api.app.listen({ port: 0, host: '127.0.0.1' });
});
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** Streams that are closed with the test. */
const fixture = (t: TestContext) => {
  const open = async (query = '', headers: Record<string, string> = { authorization: `Bearer ${ADMIN_TOKEN}` }) => {
    const stream = await openEvents(`${address}/api/v1/events${query}`, headers);
    t.after(() => stream.close());
    return stream;
  };
  return { open, as: (token: string) => ({ authorization: `Bearer ${token}` }) };
};

const document = { pipelineConfig: { stages: [] } };

test('who looks on is told what they may see of their organisation, and nothing of others', async (t) => {
  const { open, as } = fixture(t);
  const [org, foreign] = [await api.organization(), await api.organization()];
  const { db } = api.deps.store;
  const change = async ({ orgId }: { orgId: string }, name: string) => {
    await api.call('PUT', `organizations/${orgId}/grants/cluster-yarn`, { cu: 7 });
    await api.call('POST', `organizations/${orgId}/access-keys`, {});
    const made = await api.call('POST', `organizations/${orgId}/pipelines`, { name, document });
    await api.call('POST', `pipelines/${made.json.pipelineId}/release`, {});
    await api.call('POST', 'users', { email: `${randomUUID()}@example.org` });
    await api.call('DELETE', `pipelines/${made.json.pipelineId}`);
    return made.json.pipelineId as string;
  };
  for (const role of ROLES) {
    await db.update(accessKeys).set({ role });
    const stream = await open('', as(org.token));
    assert.equal((await stream.next())?.event, 'ready');
    await change(foreign, `foreign ${role}`);
    const pipelineId = await change(org, `own ${role}`);
    const told: string[] = [];
    await stream.until((frame) => {
      if (!isChange(frame)) return false;
      assert.equal(frame.data.orgId, org.orgId);
      told.push(frame.data.kind);
      return frame.data.what === 'deleted' && frame.data.subject === pipelineId;
    });
    stream.close();
    assert.equal(told.includes('user'), false, role);
    assert.equal(told.includes('access-key'), role === 'administrator', role);
    for (const kind of ['pipeline', 'version', 'event', 'grant']) assert.ok(told.includes(kind), `${role} ${kind}`);
  }
  const none = await open(`?orgId=${foreign.orgId}`, as(org.token));
  assert.equal(none.status, 404);
});

test('a stream of one pipeline is of that alone; the administrator is told of the whole installation', async (t) => {
  const { open } = fixture(t);
  const org = await api.organization();
  const make = async (name: string) =>
    (await api.call('POST', `organizations/${org.orgId}/pipelines`, { name, document })).json.pipelineId as string;
  const [one, other] = [await make('one'), await make('other')];
  const [ofOne, ofAll] = [await open(`?pipelineId=${one}`), await open()];
  for (const stream of [ofOne, ofAll]) assert.equal((await stream.next())?.event, 'ready');
  for (const id of [other, one]) await api.call('PATCH', `pipelines/${id}`, { description: 'changed' });
  assert.deepEqual((await ofOne.until(isChange)).data.pipelineId, one);
  await api.call('POST', 'users', { email: 'somebody@example.org' });
  const { data } = await ofAll.until((frame) => frame.data?.kind === 'user');
  assert.deepEqual([data.what, data.orgId], ['created', null]);
  assert.deepEqual((await open('?pipelineId=none')).status, 404);
});

test('signs of life carry the place that was reached, so that going on from it is no beginning anew', async (t) => {
  const { open } = fixture(t);
  const org = await api.organization();
  const stream = await open(`?orgId=${org.orgId}`);
  const ready = await stream.until(({ event }) => event === 'ready');
  await api.organization();
  const last = (await readChanges(api.deps.store.db, { xact: 0n, id: 0n }, 1000)).changes.at(-1);
  assert.ok(last !== undefined && last.orgId !== org.orgId);
  const alive = await stream.until(({ event, id }) => event === undefined && placeOf(id) > last.position.xact);
  stream.close();
  await removeChanges(api.deps.store.db, { number: 0, bytes: 0, days: 1 }, api.deps.clock.now());
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const goesOn = await open(`?orgId=${org.orgId}`, { ...headers, 'last-event-id': `${alive.id}` });
  assert.equal((await goesOn.next())?.event, 'ready');
  const late = await (await open(`?after=${ready.id}`)).next();
  assert.deepEqual([late?.event, late?.data], ['reset', { reason: 'removed' }]);
});

test('a caller has so many streams at a time; one that ends makes room', async (t) => {
  const { open, as } = fixture(t);
  const org = await api.organization();
  const streams: EventStream[] = [];
  for (let i = 0; i < 3; i += 1) streams.push(await open('', as(org.token)));
  assert.equal((await open('', as(org.token))).status, 429);
  assert.equal((await open()).status, 200, 'others have their own');
  streams[0]?.close();
  while ((await open('', as(org.token))).status !== 200);
});

test('a stream ends with the credentials it was opened with', async (t) => {
  const { open, as } = fixture(t);
  const org = await api.organization();
  const byKey = await open('', as(org.token));
  const email = 'looker@example.org';
  await api.call('POST', 'users', { email, password: 'correct horse battery', isAdministrator: true });
  const signedIn = await fetch(`${address}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'correct horse battery' }),
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const bySession = await open('', { cookie });
  for (const stream of [byKey, bySession]) await stream.until(({ event }) => event === undefined);
  await api.call('DELETE', `organizations/${org.orgId}/access-keys/${org.accessKey}`);
  await assert.rejects(
    byKey.until(() => false),
    /ended/,
  );
  // Looking on is no use: eight hours without anything else end a session, stream or not.
  for (let hour = 0; hour < 8; hour += 1) {
    await bySession.until(({ event }) => event === undefined);
    api.enos.advance(3600_000 + 1);
  }
  await assert.rejects(
    bySession.until(() => false),
    /ended/,
  );
});

test('two services on one PostgreSQL: what one is told goes on at the other when it is killed, and ends with it', async (t) => {
  const server = await startRealPostgres();
  t.after(() => server.stop());
  const folder = mkdtempSync(join(tmpdir(), 'penstock-events-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const databaseUrl = await server.createDatabase('events');
  const env = {
    DATABASE_URL: databaseUrl,
    PENSTOCK_ADMIN_TOKEN: ADMIN_TOKEN,
    PENSTOCK_SEAL_KEY: 'ab'.repeat(32),
    PENSTOCK_SUPERVISE: '0',
  };
  const start = async (name: string) => {
    const own = join(folder, name);
    mkdirSync(own);
    const service = new ServiceProcess({ folder: own, port: 0, bootstrapServers: '127.0.0.1:1', env });
    t.after(() => service.kill());
    await service.start();
    await service.ready();
    return service;
  };
  const [one, other] = [await start('one'), await start('other')];
  // biome-ignore lint/suspicious/noExplicitAny: a client sees whatever JSON comes
  const call = (method: string, path: string, body: JsonObject): Promise<any> =>
    other.request(method, `/api/v1/${path}`, body, 60_000);
  await call('POST', 'organizations', { orgId: 'o1', name: 'One' });
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const first = await openEvents(`${one.baseUrl}/api/v1/events?orgId=o1`, headers);
  const begin = await first.until(({ event }) => event === 'ready');

  const rounds = 12;
  const change = async (writer: number): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const name = `${writer}-${round}`;
      const made = await call('POST', 'organizations/o1/pipelines', { name, document });
      await call('POST', `pipelines/${made.pipelineId}/release`, {});
      await call('PATCH', `pipelines/${made.pipelineId}`, { labels: ['x'] });
    }
  };
  const writing = Promise.all([change(1), change(2), change(3)]);
  const told: string[] = [];
  let lastId = `${begin.id}`;
  const note = (frame: Frame): void => {
    if (frame.id !== undefined) lastId = frame.id;
    if (isChange(frame)) told.push(lastId);
  };
  while (told.length < 20) note(await first.until(() => true));
  await one.end('SIGKILL');
  for (let frame = await first.next(); frame !== undefined; frame = await first.next()) note(frame);

  const second = await openEvents(`${other.baseUrl}/api/v1/events?orgId=o1`, { ...headers, 'last-event-id': lastId });
  t.after(() => second.close());
  assert.equal((await second.next())?.event, 'ready');
  await writing;
  await call('PUT', 'organizations/o1/grants/standalone', { cu: 1 });
  await second.until((frame) => {
    note(frame);
    return frame.data?.kind === 'grant';
  });

  const store = await openStore({ databaseUrl, dataDir: folder, migrate: false });
  t.after(() => store.close());
  const all = (await readChanges(store.db, { xact: 0n, id: 0n }, 10_000)).changes;
  const expected = all
    .filter(({ orgId, position }) => orgId === 'o1' && position.xact >= placeOf(begin.id))
    .map(({ position }) => `${position.xact}-${position.id}`);
  assert.ok(expected.length > 3 * rounds * 3);
  assert.deepEqual(
    told.map((id) => id.split('-').slice(2).join('-')),
    expected,
  );

  // Looking on does not hold the door open when the service ends.
  const [code] = await Promise.all([
    other.end('SIGTERM'),
    assert.rejects(
      second.until(() => false),
      /ended/,
    ),
  ]);
  assert.equal(code, 0);
});
