import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import Fastify from 'fastify';
import { limitBodies } from './plugins/body-budget.ts';
import { routesOf } from './plugins/route-list.ts';
import { toldIssues } from './plugins/told-issues.ts';
import { createApiFixture } from './testing/api-fixture.ts';

/** Whom nobody has to know: those have no body, or their credentials are in it and it is small. */
const PUBLIC = new Set([
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/v1/openapi.json',
  '/apim-token-service/v2.0/token/get',
  '/apim-token-service/v2.0/token/refresh',
]);
const isPublic = (url: string): boolean => PUBLIC.has(url) || url === '/docs' || url.startsWith('/docs/');

test('every route but the public ones sends strangers away before it reads a byte of their bodies', async (t) => {
  const { app } = await createApiFixture(t);
  const routes = routesOf(app).flatMap(({ url, method }) =>
    [method].flat().map((each) => ({ url, method: each as 'GET' | 'POST', path: url.replaceAll(/:\w+/g, 'x') })),
  );
  assert.ok(routes.length > 40, 'the routes are known');
  for (const { url, method, path } of routes.filter((route) => !isPublic(route.url))) {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { 'apim-accesstoken': 'wrong' }]) {
      let isRead = false;
      const body = new Readable({
        read() {
          isRead = true;
          this.push(null);
        },
      });
      const answer = await app.inject({
        method,
        url: path,
        headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...headers },
        ...(method === 'GET' ? {} : { payload: body }),
      });
      const expected = url.startsWith('/internal/') && 'authorization' in headers ? 404 : 401;
      assert.deepEqual([method, url, answer.statusCode, isRead], [method, url, expected, false]);
    }
  }
});

test('public routes with a body take a small one', async (t) => {
  const { app } = await createApiFixture(t);
  for (const route of routesOf(app).filter(({ url, method }) => isPublic(url) && [method].flat().includes('POST'))) {
    const answer = await app.inject({ method: 'POST', url: route.url, payload: { appKey: 'x'.repeat(20_000) } });
    assert.match(answer.body, /body is too large/);
  }
});

test('a body with a fault in each of its values is answered by fifty of them, or by the first where it is large', async (t) => {
  const { call } = await createApiFixture(t);
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

test('an issue that quotes what was sent is told at a bounded length, and errors come before warnings', () => {
  const issue = { code: 'X', severity: 'error', path: '/'.repeat(60_000), message: 'm'.repeat(60_000) } as const;
  const warnings = Array.from({ length: 60 }, () => ({ ...issue, severity: 'warning' }) as const);
  const told = toldIssues([...warnings, issue]);
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
