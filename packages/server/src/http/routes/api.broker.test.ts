import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { callSignature } from '../../auth/signature.ts';
import { hashToken } from '../../runs/run-token.ts';
import { createFreshStores } from '../../runs/testing/fresh-store.ts';
import { pipelines, runs, samples } from '../../store/schema.ts';
import { recordEvent } from '../../use-case/record-event.ts';
import { ADMIN_TOKEN } from '../enos/testing/enos-fixture.ts';
import { createApiFixture as createFixture } from '../testing/api-fixture.ts';

const freshStore = createFreshStores();
const createApiFixture = async (t: TestContext, options: Parameters<typeof createFixture>[1] = {}) =>
  createFixture(t, { store: await freshStore(t), ...options });

/** A pipeline saved through the EnOS API, by the admin. */
const save = async (
  api: Awaited<ReturnType<typeof createApiFixture>>,
  orgId: string,
  pipelineJson: unknown = { stages: [] },
) => {
  const path = `/streaming/v2.0/streaming/pipeline/null?action=save&orgId=${orgId}`;
  const saved = await api.call('POST', path, { name: 'p', templateType: 1, messageChannel: 0, pipelineJson });
  return saved.json.data as string;
};

test('organisations, keys and grants live their lives', async (t) => {
  const { call } = await createApiFixture(t);
  const created = await call('POST', 'organizations', { orgId: 'o1', name: 'One' });
  assert.deepEqual([created.status, created.json.orgId, created.json.name], [201, 'o1', 'One']);
  const again = await call('POST', 'organizations', { orgId: 'o1', name: 'One' });
  assert.deepEqual([again.status, again.json.code], [409, 'ORGANIZATION_EXISTS']);
  const key = await call('POST', 'organizations/o1/access-keys', { name: 'k' });
  assert.equal(key.status, 201);
  assert.match(key.json.secretKey, /.{30,}/);
  const keys = await call('GET', 'organizations/o1/access-keys');
  assert.deepEqual(keys.json.items.map(Object.keys), [
    ['accessKey', 'name', 'role', 'createdAt', 'expiresAt', 'lastUsedAt'],
  ]);
  assert.deepEqual((await call('PUT', 'organizations/o1/grants/standalone', { cu: 2.5 })).json, {
    standalone: { granted: 2.5, used: 0, available: 2.5 },
    clusterServer: null,
    clusterYarn: null,
    streamDesigning: { granted: 1, used: 0.334, available: 0.666 },
    messageQueue: null,
  });
  assert.equal((await call('PUT', 'organizations/o1/grants/gold', { cu: 1 })).status, 400);
  assert.equal((await call('DELETE', 'organizations/o1/grants/standalone')).status, 204);
  assert.equal((await call('DELETE', `organizations/o1/access-keys/${key.json.accessKey}`)).status, 204);
  assert.equal((await call('DELETE', 'organizations/o1')).status, 204);
  assert.equal((await call('GET', 'organizations/o1')).status, 404);
});

test('lists are paged by cursor, and a made-up cursor is refused', async (t) => {
  const { call } = await createApiFixture(t);
  for (const orgId of ['a', 'b', 'c']) await call('POST', 'organizations', { orgId, name: orgId });
  const first = await call('GET', 'organizations?limit=2');
  assert.deepEqual([first.json.items.length, first.json.total], [2, 3]);
  const second = await call('GET', `organizations?limit=2&cursor=${first.json.nextCursor}`);
  assert.deepEqual([second.json.items.length, second.json.nextCursor], [1, null]);
  for (const cursor of ['nonsense', 'IngiCg', Buffer.from('-1').toString('base64url')]) {
    assert.deepEqual((await call('GET', `organizations?cursor=${cursor}`)).json.code, 'CURSOR_INVALID');
  }
  assert.equal((await call('GET', 'organizations?limit=0')).status, 400);
});

test('a call without good credentials is refused, before its body is looked at', async (t) => {
  const { call } = await createApiFixture(t);
  for (const [path, token] of [
    ['me', null],
    ['me', 'wrong'],
    ['organizations', ''],
  ] as const) {
    const answer = await call('GET', path, undefined, token);
    assert.deepEqual(
      [answer.status, answer.json.code, answer.headers['www-authenticate']],
      [401, 'NOT_AUTHENTICATED', 'Bearer'],
    );
  }
  assert.equal((await call('POST', 'validate', { document: 7 }, 'wrong')).status, 401);
});

test('the signed EnOS headers open the own API as well, body included', async (t) => {
  const { app, organization, deps } = await createApiFixture(t);
  const org = await organization();
  const timestamp = String(deps.clock.now());
  const payload = JSON.stringify({ document: {} });
  const sign = (rawBody: string) =>
    callSignature({
      accessToken: org.token,
      rawQuery: '',
      rawBody: Buffer.from(rawBody),
      timestamp,
      appSecret: org.secretKey,
    });
  const post = (signature: string) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/validate',
      payload,
      headers: {
        'content-type': 'application/json',
        'apim-accesstoken': org.token,
        'apim-timestamp': timestamp,
        'apim-signature': signature,
      },
    });
  assert.equal((await post(sign(payload))).statusCode, 200);
  assert.equal((await post(sign(`${payload} `))).statusCode, 401);
});

test('an organisation sees itself and nothing of others, and is no administrator', async (t) => {
  const api = await createApiFixture(t);
  const [mine, other] = [await api.organization(), await api.organization()];
  const foreign = await save(api, other.orgId);
  const as = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) =>
    api.call(method, path, body, mine.token);
  assert.deepEqual((await as('GET', 'me')).json, {
    kind: 'organization',
    orgId: mine.orgId,
    role: 'administrator',
  });
  assert.equal((await as('GET', `organizations/${mine.orgId}`)).status, 200);
  const [hidden, absent] = [await as('GET', `organizations/${other.orgId}`), await as('GET', 'organizations/absent')];
  assert.deepEqual([hidden.status, hidden.json.code], [absent.status, absent.json.code]);
  for (const path of [
    `organizations/${other.orgId}/pipelines`,
    `organizations/${other.orgId}/grants`,
    `organizations/${other.orgId}/access-keys`,
    `organizations/${other.orgId}/dead-letters`,
    ...['', '/document', '/versions', '/versions/1', '/events', '/metrics'].map(
      (rest) => `pipelines/${foreign}${rest}`,
    ),
  ]) {
    assert.equal((await as('GET', path)).status, 404, path);
  }
  assert.equal((await as('DELETE', `pipelines/${foreign}`)).status, 404);
  assert.equal((await as('PATCH', `pipelines/${foreign}/run`, { kafkaRate: 1 })).status, 404);
  assert.equal((await as('POST', 'preview', { pipelineId: foreign })).status, 404);
  assert.equal((await as('POST', 'validate', { document: {}, orgId: other.orgId })).status, 404);
  for (const [method, path, body] of [
    ['GET', 'organizations', undefined],
    ['POST', 'organizations', { name: 'x' }],
    ['DELETE', `organizations/${mine.orgId}`, undefined],
    ['POST', `organizations/${mine.orgId}/access-keys`, {}],
    ['PUT', `organizations/${mine.orgId}/grants/standalone`, { cu: 100 }],
    ['POST', `organizations/${mine.orgId}/topics`, {}],
  ] as const) {
    assert.deepEqual((await as(method, path, body)).json?.code, 'ADMIN_REQUIRED', path);
  }
});

test('bad requests name what is wrong, in one form', async (t) => {
  const { app, call } = await createApiFixture(t);
  const missing = await call('POST', 'organizations', {});
  assert.deepEqual([missing.status, missing.json.code, missing.json.issues[0].path], [400, 'REQUEST_INVALID', '/name']);
  assert.equal(typeof missing.json.requestId, 'string');
  assert.equal((await call('POST', 'organizations', { name: 'x', evil: 1 })).status, 400);
  const send = (payload: string | Buffer, type = 'application/json') =>
    app.inject({
      method: 'POST',
      url: '/api/v1/organizations',
      payload,
      headers: { authorization: 'Bearer admin-token-of-the-test', 'content-type': type },
    });
  for (const [payload, type, status, code] of [
    ['{"name":', undefined, 400, 'BODY_INVALID'],
    ['', undefined, 400, 'REQUEST_INVALID'],
    ['x'.repeat(400_000), undefined, 413, 'BODY_TOO_LARGE'],
    ['<name/>', 'text/xml', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`, undefined, 400, 'BODY_INVALID'],
    ['[]', undefined, 400, 'REQUEST_INVALID'],
    ['null', undefined, 400, 'REQUEST_INVALID'],
  ] as const) {
    const response = await send(payload, type);
    assert.deepEqual([response.statusCode, response.json().code], [status, code], payload.slice(0, 20));
  }
  assert.deepEqual((await call('GET', '/nowhere')).json.code, 'ROUTE_UNKNOWN');
  for (const [id, status] of [
    ['%zz', 400],
    ['%ff', 400],
    ['a'.repeat(1001), 414],
  ] as const) {
    const { json, ...answer } = await call('GET', `/streaming/v2.0/streaming/pipeline/${id}`);
    assert.deepEqual([answer.status, json.code, typeof json.requestId], [status, 'REQUEST_INVALID', 'string'], id);
  }
  for (const id of ['%00', 'a'.repeat(64), '..%2f..', "'; drop table runs; --"]) {
    assert.equal((await call('GET', `pipelines/${encodeURIComponent(id).replaceAll('%25', '%')}`)).status, 404, id);
  }
});

test('a pipeline is listed, shown, released, reverted and deleted; secrets in it are masked', async (t) => {
  const api = await createApiFixture(t);
  const { orgId, token } = await api.organization();
  const document = { stages: [{ configuration: [{ name: 'password', value: 'hush-hush' }] }], count: 1 };
  const id = await save(api, orgId, document);
  const listed = await api.call('GET', `organizations/${orgId}/pipelines?status=EDITED`, undefined, token);
  assert.deepEqual(
    [listed.json.total, listed.json.items[0].pipelineId, listed.json.items[0].observed.state],
    [1, id, 'EDITED'],
  );
  assert.equal((await api.call('GET', `organizations/${orgId}/pipelines?status=NONSENSE`)).json.code, 'STATUS_UNKNOWN');
  const shown = await api.call('GET', `pipelines/${id}/document`, undefined, token);
  assert.deepEqual(shown.json, { stages: [{ configuration: [{ name: 'password', value: '******' }] }], count: 1 });
  assert.equal((await api.call('GET', `pipelines/${id}/document?released=true`, undefined, token)).status, 404);
  await api.call('POST', `/streaming/v2.0/streaming/pipeline/${id}?action=release&orgId=${orgId}`);
  const detail = await api.call('GET', `pipelines/${id}`, undefined, token);
  assert.deepEqual([detail.json.status, detail.json.versions, detail.json.run], ['PUBLISHED', 1, null]);
  assert.equal((await api.call('GET', `pipelines/${id}/versions`, undefined, token)).json.items[0].isOnline, true);
  assert.equal((await api.call('GET', `pipelines/${id}/versions/1`, undefined, token)).text.includes('hush'), false);
  assert.equal((await api.call('GET', `pipelines/${id}/versions/2`, undefined, token)).status, 404);
  assert.equal((await api.call('POST', `pipelines/${id}/revert`, undefined, token)).status, 204);
  assert.deepEqual(
    (await api.call('PATCH', `pipelines/${id}/run`, { kafkaRate: 5 }, token)).json.code,
    'PIPELINE_STATUS_FORBIDS',
  );
  assert.deepEqual(
    (await api.call('PATCH', `pipelines/${id}/run`, { kafkaRate: 0 }, token)).json.code,
    'FIELD_INVALID',
  );
  assert.equal((await api.call('DELETE', `pipelines/${id}`, undefined, token)).status, 204);
  assert.equal((await api.call('GET', `pipelines/${id}`, undefined, token)).status, 404);
});

test('a document without secrets is shown to the letter', async (t) => {
  const api = await createApiFixture(t);
  const { orgId } = await api.organization();
  const text = '{"stages":[],"big":12345678901234567890,"exact":1.0}';
  const path = `/streaming/v2.0/streaming/pipeline/null?action=save&orgId=${orgId}`;
  const saved = await api.call('POST', path, { name: 'p', templateType: 1, pipelineJson: text });
  assert.equal((await api.call('GET', `pipelines/${saved.json.data}/document`)).text, text);
});

test('a rate change reaches the run', async (t) => {
  const api = await createApiFixture(t);
  const { orgId, token } = await api.organization();
  const id = await save(api, orgId);
  for (const [action, body] of [['release'], ['start', { executionMode: 0, kafkaRate: 1000 }]] as const) {
    await api.call('POST', `/streaming/v2.0/streaming/pipeline/${id}?action=${action}&orgId=${orgId}`, body);
  }
  const changed = await api.call('PATCH', `pipelines/${id}/run`, { kafkaRate: 250 }, token);
  assert.deepEqual([changed.status, changed.json.kafkaRate, changed.json.resource], [200, 250, { standaloneCu: 1 }]);
  assert.equal((await api.call('DELETE', `pipelines/${id}`, undefined, token)).status, 409);
});

test('events come newest first, page by page, and samples oldest first between two times', async (t) => {
  const api = await createApiFixture(t);
  const { orgId } = await api.organization();
  const id = await save(api, orgId);
  const { db } = api.deps.store;
  for (const at of [1, 2, 3])
    await recordEvent(db, { pipelineId: id, at, code: `E${at}`, message: 'm', severity: 'info' });
  const first = await api.call('GET', `pipelines/${id}/events?limit=2`);
  assert.deepEqual(
    first.json.items.map(({ code }: { code: string }) => code),
    ['E3', 'E2'],
  );
  const second = await api.call('GET', `pipelines/${id}/events?limit=2&cursor=${first.json.nextCursor}`);
  assert.equal(second.json.items[0].code, 'E1');
  const sample = {
    pipelineId: id,
    runId: randomUUID(),
    topic: 't',
    lag: 1,
    offset: 2,
    recordsIn: 3,
    recordsOut: 4,
    errors: 5,
    rssMb: 6,
  };
  await db.insert(samples).values([10, 20, 30].map((at) => ({ ...sample, at })));
  const series = await api.call('GET', `pipelines/${id}/metrics?from=15&to=30`);
  assert.deepEqual(
    series.json,
    [20, 30].map((ts) => ({ ts, lag: 1, offset: 2, recordsIn: 3, recordsOut: 4, errors: 5, rssMb: 6 })),
  );
});

test('operators are given as data: schema, documentation, examples', async (t) => {
  const { call } = await createApiFixture(t);
  const { json } = await call('GET', 'operators?limit=200');
  const ids = json.items.map(({ id }: { id: string }) => id);
  assert.ok(ids.includes('point-selector') && ids.includes('edh-kafka-producer'));
  const one = await call('GET', 'operators/point-selector');
  assert.deepEqual([one.json.kind, one.json.config.type], ['processor', 'object']);
  assert.equal((await call('GET', 'operators/none')).json.code, 'OPERATOR_UNKNOWN');
});

test('health, readiness and metrics are open and say what is so', async (t) => {
  const api = await createApiFixture(t, {
    readiness: { database: async () => undefined, kafka: () => Promise.reject(new Error('no broker')) },
  });
  const { orgId } = await api.organization();
  await save(api, orgId);
  assert.deepEqual((await api.call('GET', '/healthz', undefined, null)).json, { status: 'ok' });
  const ready = await api.call('GET', '/readyz', undefined, null);
  assert.deepEqual(
    [ready.status, ready.json],
    [503, { status: 'not-ready', checks: { database: { ok: true }, kafka: { ok: false, reason: 'no broker' } } }],
  );
  const metrics = await api.call('GET', '/metrics', undefined, null);
  assert.match(metrics.text, /penstock_pipelines\{status="EDITED"\} 1/);
  assert.match(
    metrics.text,
    /penstock_http_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} 1/,
  );
});

test('a database that does not answer shows in /healthz, and no reason to restart', async (t) => {
  const healthOf = () => ({ isAnswering: false, since: 7, reason: 'no answer within 5000 ms' });
  const api = await createApiFixture(t, { healthOf });
  const health = await api.call('GET', '/healthz', undefined, null);
  assert.equal(health.status, 503);
  assert.deepEqual(health.json, { status: 'database-unreachable', reason: 'no answer within 5000 ms', since: 7 });
  assert.equal((await api.call('GET', '/livez', undefined, null)).status, 200);
});

test('the system page shows every bound, and a restored database is adopted by the administrator alone', async (t) => {
  const { app, call, organization } = await createApiFixture(t);
  const { json } = await call('GET', 'system');
  assert.deepEqual(
    [json.site.isOwn, json.database.kind, json.database.migration === null],
    [true, 'postgresql', false],
  );
  assert.deepEqual(
    json.growth.filter(({ bound }: { bound: string }) => bound === ''),
    [],
  );
  const events = json.growth.find(({ name }: { name: string }) => name === 'run_events');
  assert.equal(events.bound, '2000 in number, 1000000 bytes, 90 days');
  const chinese = await app.inject({
    method: 'GET',
    url: '/api/v1/system',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'accept-language': 'zh-CN' },
  });
  const grows = chinese.json().growth.find(({ name }: { name: string }) => name === 'run_events');
  assert.deepEqual([grows.what, grows.bound], ['管道的事件', '2000 条，1000000 字节，90 天']);
  const { token } = await organization();
  assert.equal((await call('GET', 'system', undefined, token)).status, 403);
  assert.equal((await call('POST', 'system/adopt', undefined, token)).status, 403);
  assert.equal((await call('POST', 'system/adopt')).json.isOwn, true);
});

test('the reference page asks for nothing from elsewhere, and may not', async (t) => {
  const { call } = await createApiFixture(t);
  const page = await call('GET', '/docs/', undefined, null);
  assert.equal(page.status, 200);
  assert.deepEqual(page.text.match(/(?:src|href)="[^"]*"/g), ['src="js/scalar.js"']);
  assert.match(
    String(page.headers['content-security-policy']),
    /^default-src 'none'; script-src 'self' .*connect-src 'self'/,
  );
  assert.equal((await call('GET', '/docs/js/scalar.js', undefined, null)).status, 200);
  assert.equal((await call('GET', '/api/v1/openapi.json', undefined, null)).json.openapi, '3.1.0');
});

test('nothing secret is logged, and answers are not kept by browsers', async (t) => {
  const lines: string[] = [];
  const api = await createApiFixture(t, { log: (line) => lines.push(line) });
  const { orgId, token } = await api.organization();
  const answer = await api.call('POST', 'validate', { document: { secret: 'payload-of-the-test' } }, token);
  await api.call('GET', `organizations/${orgId}/pipelines`, undefined, token);
  const log = lines.join('');
  assert.ok(log.includes('request completed'));
  for (const secret of [token, 'payload-of-the-test', 'admin-token-of-the-test']) assert.ok(!log.includes(secret));
  assert.deepEqual(
    ['cache-control', 'x-content-type-options', 'x-frame-options', 'referrer-policy'].map(
      (name) => answer.headers[name],
    ),
    ['no-store', 'nosniff', 'DENY', 'no-referrer'],
  );
});

test('what breaks inside is told as such, without its details', async (t: TestContext) => {
  const api = await createApiFixture(t);
  const { orgId } = await api.organization();
  const id = await save(api, orgId);
  await api.deps.store.db.update(pipelines).set({ status: 'DAMAGED' });
  const answer = await api.call('POST', `pipelines/${id}/revert`);
  assert.deepEqual([answer.status, answer.json.code], [500, 'INTERNAL_ERROR']);
  assert.ok(!answer.text.includes('DAMAGED'));
});

test('a heartbeat that is none is refused, whatever is wrong with it', async (t) => {
  const api = await createApiFixture(t);
  const { call } = api;
  const { orgId } = await api.organization();
  const pipelineId = await save(api, orgId);
  await api.deps.store.db.insert(runs).values({
    runId: 'r',
    pipelineId,
    orgId,
    versionNumber: 1,
    desired: 'run',
    executionMode: 0,
    kafkaRate: 1,
    resourceConfig: '{}',
    tokenHash: hashToken('token'),
    createdAt: 1,
    desiredAt: 1,
  });
  const heartbeat = {
    runId: 'r',
    workerId: 'w',
    pid: 1,
    host: 'h',
    startedAt: 1,
    sequence: 1,
    phase: 'running',
    tasks: [],
    stages: {},
    recordsRead: 0,
    bytesRead: 0,
    recordsWritten: 0,
    rssMb: 1,
    cpuMs: 1,
    events: [],
  };
  const send = async (body: unknown, token: string | null = 'token', runId = 'r') => {
    const { status, json } = await call('POST', `/internal/v1/runs/${runId}/heartbeat`, body, token);
    return [status, json.code];
  };
  assert.deepEqual(await send(heartbeat, 'token', 'gone'), [404, 'RUN_UNKNOWN']);
  assert.deepEqual(await send({ ...heartbeat, protocol: 99 }), [409, 'HEARTBEAT_VERSION_NEWER']);
  assert.deepEqual(await send(heartbeat, null), [401, 'RUN_TOKEN_INVALID']);
  assert.deepEqual(await send({ nonsense: 1 }, 'wrong'), [401, 'RUN_TOKEN_INVALID']);
  assert.deepEqual(await send({ ...heartbeat, runId: 'other' }), [401, 'RUN_TOKEN_INVALID']);
  for (const wrong of [
    { phase: 'flying' },
    { sequence: 0 },
    { recordsRead: -1 },
    { recordsRead: 1.5 },
    { tasks: [{ part: 0 }] },
    { stages: { s: { input: 'many', output: 0, errors: {}, dropped: {} } } },
    { events: [{ at: 1, code: 'X', message: 'm', severity: 'fatal' }] },
    { pid: '1' },
  ]) {
    assert.deepEqual(await send({ ...heartbeat, ...wrong }), [400, 'REQUEST_INVALID'], JSON.stringify(wrong));
  }
});
