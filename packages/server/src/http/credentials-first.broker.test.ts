import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { operators } from '@penstock/operators';
import Fastify from 'fastify';
import { ROLES, roleMay } from '../auth/permissions.ts';
import { accessKeys } from '../store/schema.ts';
import { ADMIN_TOKEN } from './enos/testing/enos-fixture.ts';
import { limitBodies } from './plugins/body-budget.ts';
import { limitIssues } from './plugins/limit-issues.ts';
import { routesOf } from './plugins/route-list.ts';
import { createApiFixture } from './testing/api-fixture.ts';

/** Whom nobody has to know: those have no body, or their credentials are in it and it is small. */
const PUBLIC = new Set([
  '/livez',
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/v1/openapi.json',
  '/api/v1/session/link',
  '/api/v1/session/ways',
  '/api/v1/session/oidc',
  '/api/v1/session/oidc/callback',
  '/api/v1/session/oidc/sign-out',
  '/apim-token-service/v2.0/token/get',
  '/apim-token-service/v2.0/token/refresh',
]);
const nameOf = (id: string): string => operators.find((operator) => operator.id === id)?.stageName ?? '';
const isPublic = (url: string, method?: unknown): boolean =>
  (url === '/api/v1/session' && method === 'POST') || PUBLIC.has(url) || url === '/docs' || url.startsWith('/docs/');

// One fixture for all: starting the embedded database takes a while.
let api: Awaited<ReturnType<typeof createApiFixture>>;
const cleanups: (() => unknown)[] = [];
before(async () => {
  api = await createApiFixture({ after: (cleanup) => cleanups.push(cleanup) });
  // Every route is called: streams of events end at once.
  api.feed.close();
});
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

test('every route but the public ones sends strangers away before it reads a byte of their bodies', async () => {
  const { app } = api;
  const routes = routesOf(app).flatMap(({ url, method }) =>
    [method].flat().map((each) => ({ url, method: each as 'GET' | 'POST', path: url.replaceAll(/:\w+/g, 'x') })),
  );
  assert.ok(routes.length > 40, 'the routes are known');
  let sent = 0;
  for (const { url, method, path } of routes.filter((route) => !isPublic(route.url, route.method))) {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { 'apim-accesstoken': 'wrong' }]) {
      let isRead = false;
      sent += 1;
      const body = new Readable({
        read() {
          isRead = true;
          this.push(null);
        },
      });
      const answer = await app.inject({
        method,
        url: path,
        // From here and there, so that this is not what is counted.
        remoteAddress: `10.0.0.${sent % 250}`,
        headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...headers },
        ...(method === 'GET' ? {} : { payload: body }),
      });
      const expected = url.startsWith('/internal/') && 'authorization' in headers ? 404 : 401;
      assert.deepEqual([method, url, answer.statusCode, isRead], [method, url, expected, false]);
    }
  }
});

test('public routes with a body take a small one', async () => {
  const { app } = api;
  for (const route of routesOf(app).filter(
    ({ url, method }) => isPublic(url, method) && [method].flat().includes('POST'),
  )) {
    const answer = await app.inject({ method: 'POST', url: route.url, payload: { appKey: 'x'.repeat(20_000) } });
    assert.match(answer.body, /body is too large/);
  }
});

test('a body with a fault in each of its values is answered by fifty of them, or by the first where it is large', async () => {
  const { call } = api;
  const faults = async (count: number) => {
    const answer = await call('POST', 'preview', { document: {}, records: Array.from({ length: count }, () => 7) });
    assert.deepEqual([answer.status, answer.json.code], [400, 'REQUEST_INVALID']);
    assert.ok(answer.text.length < 20_000);
    return answer.json.issues.length;
  };
  assert.equal(await faults(20), 20);
  assert.equal(await faults(900), 50);
  assert.equal(await faults(10_000), 1);
});

test('a body that would be many times its size in memory is refused before it is parsed; text is no matter', async () => {
  const send = async (records: string) => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/v1/preview',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      payload: `{"document":{},"messages":[${records}]}`,
    });
    return [answer.statusCode, answer.json().code];
  };
  const dense = `${'{},'.repeat(60_000)}{}`;
  assert.deepEqual(await send(dense), [413, 'BODY_TOO_LARGE']);
  assert.deepEqual(await send(`${dense}]`), [413, 'BODY_TOO_LARGE'], 'not parsed');
  assert.notEqual((await send(JSON.stringify(dense)))[0], 413);
});

test('an issue that quotes what was sent is told at a bounded length, and errors come before warnings', () => {
  const issue = { code: 'X', severity: 'error', path: '/'.repeat(60_000), message: 'm'.repeat(60_000) } as const;
  const warnings = Array.from({ length: 60 }, () => ({ ...issue, severity: 'warning' }) as const);
  const told = limitIssues([...warnings, issue]);
  assert.equal(told.length, 50);
  assert.equal(told[0]?.severity, 'error');
  assert.ok(JSON.stringify(told).length < 50 * 1700);
});

test('bodies that together would take too much memory are refused until others are answered', async (t) => {
  const app = Fastify({ bodyLimit: 300_000 });
  t.after(() => app.close());
  limitBodies(app, 400_000);
  const begun = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  app.post('/', async (request) => {
    if (request.headers['x-slow'] !== undefined) {
      begun.resolve();
      await answered.promise;
    }
    return 'done';
  });
  const send = async (bytes: number, headers: Record<string, string> = {}) =>
    (await app.inject({ method: 'POST', url: '/', payload: { text: 'x'.repeat(bytes) }, headers })).statusCode;
  const slow = send(200_000, { 'x-slow': 'yes' });
  await begun.promise;
  assert.equal(await send(250_000), 429);
  assert.equal(await send(1000), 200, 'small ones go on');
  assert.equal(await send(310_000), 413, 'what is refused anyway takes nothing');
  answered.resolve();
  assert.equal(await slow, 200);
  assert.equal(await send(250_000), 200);
});

test('every route declares what it asks of its callers, and what it declares is asked', async () => {
  const own = routesOf(api.app).filter(({ url, method }) => url.startsWith('/api/v1/') && !isPublic(url, method));
  for (const { url, method, config } of routesOf(api.app).filter(
    ({ url: path }) => !/^\/(docs|streaming|apim)/.test(path),
  ))
    assert.ok(config?.permission !== undefined || isPublic(url, method), `${method} ${url}`);
  const org = await api.organization();
  for (const role of ROLES) {
    await api.deps.store.db.update(accessKeys).set({ role });
    for (const { url, method, config } of own) {
      const permission = config?.permission;
      if (permission === undefined || permission === 'public' || permission === 'run-token') continue;
      const answer = await api.app.inject({
        method: [method].flat()[0] as 'GET',
        url: url.replace(':orgId', org.orgId).replaceAll(/:\w+/g, 'none'),
        headers: { authorization: `Bearer ${org.token}` },
      });
      const isForbidden = answer.statusCode === 403;
      assert.equal(isForbidden, !roleMay(role, permission), `${role}: ${method} ${url} ${answer.body}`);
    }
  }
});

test('topics are granted by patterns, by administrators of the installation alone', async () => {
  const org = await api.organization();
  const path = `organizations/${org.orgId}/topic-grants`;
  assert.deepEqual((await api.call('GET', path, undefined, org.token)).json, { items: [] });
  const grant = { pattern: 'wind.*', read: true, write: false };
  assert.equal((await api.call('PUT', path, grant, org.token)).json.code, 'ADMIN_REQUIRED');
  assert.deepEqual((await api.call('PUT', path, grant)).json, { items: [grant] });
  for (const wrong of [
    { ...grant, pattern: 'a b' },
    { ...grant, read: false },
  ])
    assert.equal((await api.call('PUT', path, wrong)).status, 400);
  const valid = async (topic: string) => {
    const stage = (name: string, topicName: string, at: number) => ({
      instanceName: name,
      stageName: nameOf(at === 0 ? 'edh-kafka-consumer' : 'trash'),
      configuration: at === 0 ? [{ name: 'kafkaConfigBean.topic', value: topicName }] : [],
      inputLanes: at === 0 ? [] : ['a'],
      outputLanes: at === 0 ? ['a'] : [],
    });
    const document = { stages: [stage('In', topic, 0), stage('Out', '', 1)] };
    return (await api.call('POST', 'validate', { document }, org.token)).json.issues.map(
      ({ code }: { code: string }) => code,
    );
  };
  assert.deepEqual(await valid('wind.raw'), []);
  // What pipelines may name: the organisation's own six, and those granted by name.
  await api.call('PUT', path, { pattern: 'orders', read: false, write: true });
  const { items } = (await api.call('GET', `organizations/${org.orgId}/topics`, undefined, org.token)).json;
  assert.equal(items.length, 7);
  assert.deepEqual(items[2], { topic: `MEASURE_POINT_INTERNAL_${org.orgId}`, read: true, write: true });
  assert.deepEqual(items[6], { topic: 'orders', read: false, write: true });
  assert.deepEqual(await valid('sun.raw'), ['STAGE_TOPIC_NOT_GRANTED']);
  assert.equal((await api.call('DELETE', `${path}?pattern=wind.*`)).status, 204);
  assert.deepEqual(await valid('wind.raw'), ['STAGE_TOPIC_NOT_GRANTED']);
  const colliding = await api.call('POST', 'organizations', { orgId: `OFFLINE_${org.orgId}`, name: 'x' });
  assert.deepEqual([colliding.status, colliding.json.code], [400, 'FIELD_INVALID']);
});

test('whoever guesses the admin token is kept from guessing on, and holders of good tokens are not', async () => {
  const org = await api.organization();
  const me = async (token: string, remoteAddress: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await api.app.inject({ method: 'GET', url: '/api/v1/me', headers, remoteAddress })).statusCode;
  };
  for (let i = 0; i < 60; i += 1) assert.equal(await me(`guess ${i}`.replace(' ', '-'), '10.9.9.9'), 401);
  assert.deepEqual([await me('guess', '10.9.9.9'), await me(ADMIN_TOKEN, '10.9.9.9')], [429, 429]);
  assert.deepEqual([await me(org.token, '10.9.9.9'), await me(ADMIN_TOKEN, '10.0.0.1')], [200, 200]);
  api.enos.advance(60_000);
  assert.equal(await me(ADMIN_TOKEN, '10.9.9.9'), 200);
});
