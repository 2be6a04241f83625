import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ROLES, roleMay } from '../../../auth/permissions.ts';
import { memberships } from '../../../store/schema-people.ts';
import { routesOf } from '../../plugins/route-list.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

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
// What is counted per address is over before the next test.
beforeEach(() => api.enos.advance(3600_000));

interface Sent {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly from?: string;
}

const send = async ({ method = 'GET', url, body, headers = {}, from = '10.1.1.1' }: Sent) => {
  const answer = await api.app.inject({
    method,
    url: url.startsWith('/') ? url : `/api/v1/${url}`,
    headers,
    remoteAddress: from,
    ...(body === undefined ? {} : { payload: body as object }),
  });
  const isJson = answer.body !== '' && String(answer.headers['content-type']).includes('json');
  return { status: answer.statusCode, json: isJson ? answer.json() : undefined, answer };
};

const PASSWORD = 'correct horse battery';
let made = 0;
const newUser = async (more: Record<string, unknown> = {}) => {
  made += 1;
  const email = `user${made}@example.org`;
  const { json, status } = await api.call('POST', 'users', { email, password: PASSWORD, ...more });
  assert.equal(status, 201);
  return json as { userId: string; email: string };
};
const signIn = (email: string, password = PASSWORD, more: Partial<Sent> = {}) =>
  send({ method: 'POST', url: 'session', body: { email, password }, ...more });

/** Somebody signed in: calls carry the cookie, and the CSRF token where it is needed. */
const browser = async (email: string, host = 'localhost') => {
  const { json, answer, status } = await signIn(email, PASSWORD, { headers: { host } });
  assert.equal(status, 200);
  const [cookie] = answer.cookies;
  assert.ok(cookie !== undefined);
  const headers = { host, cookie: `${cookie.name}=${cookie.value}`, 'x-csrf-token': json.csrfToken };
  const call = (
    method: NonNullable<Sent['method']>,
    url: string,
    body?: unknown,
    own: Record<string, string> = headers,
  ) => send({ method, url, ...(body === undefined ? {} : { body }), headers: own });
  return { call, cookie, headers };
};

test('who signs in is known by the cookie on /api/v1, and never on the EnOS routes', async () => {
  const { email, userId } = await newUser();
  const org = await api.organization();
  await api.call('PUT', `organizations/${org.orgId}/members`, { email, role: 'viewer' });
  const { call, cookie, headers } = await browser(email);
  assert.deepEqual(
    [cookie.name, cookie.httpOnly, cookie.sameSite, cookie.path, cookie.secure],
    ['penstock', true, 'Lax', '/', undefined],
  );
  assert.deepEqual((await call('GET', 'me')).json, {
    kind: 'user',
    userId,
    email,
    isAdministrator: false,
    roles: [{ orgId: org.orgId, role: 'viewer' }],
  });
  const enos = await send({ url: `/streaming/v2.0/streaming/pipelines?orgId=${org.orgId}`, headers });
  assert.equal(enos.status, 401);
  const far = await browser(email, 'penstock.example');
  assert.deepEqual([far.cookie.name, far.cookie.secure], ['__Host-penstock', true]);
});

test('what changes something needs the CSRF token of the session', async () => {
  const { email } = await newUser();
  const { call, headers } = await browser(email);
  const { 'x-csrf-token': right, ...without } = headers;
  for (const own of [without, { ...without, 'x-csrf-token': `${right}0` }]) {
    const refused = await call('DELETE', 'session', undefined, own);
    assert.deepEqual([refused.status, refused.json.code], [403, 'CSRF_TOKEN_WRONG']);
  }
  assert.equal((await call('GET', 'session', undefined, without)).json.csrfToken, right);
  assert.equal((await call('DELETE', 'session')).status, 204);
  assert.equal((await call('GET', 'me')).status, 401);
});

test('names that are not the service are refused, unless there is a token that no browser adds', async () => {
  const { email } = await newUser();
  const evil = { host: 'evil.example' };
  assert.deepEqual((await signIn(email, PASSWORD, { headers: evil })).json.code, 'HOST_UNKNOWN');
  assert.equal((await send({ url: 'openapi.json', headers: evil })).status, 421);
  const { headers } = await browser(email);
  assert.equal((await send({ url: 'me', headers: { ...headers, ...evil } })).status, 421);
  const org = await api.organization();
  const byToken = { ...evil, authorization: `Bearer ${org.token}` };
  assert.equal((await send({ url: 'me', headers: byToken })).status, 200);
  for (const host of ['localhost:8080', '127.0.0.1', '[::1]:80', '192.0.2.7', 'PENSTOCK.example'])
    assert.equal((await send({ url: 'me', headers: { ...headers, host } })).status, 200, host);
});

test('a session ends by itself: unused for too long, or too old', async () => {
  const { email } = await newUser();
  const { call } = await browser(email);
  for (let hour = 0; hour < 168; hour += 7) {
    assert.equal((await call('GET', 'me')).status, 200);
    api.enos.advance(7 * 3600_000);
  }
  assert.equal((await call('GET', 'me')).status, 401, 'a week is over');
  const idle = await browser(email);
  api.enos.advance(8 * 3600_000 + 1);
  assert.equal((await idle.call('GET', 'me')).status, 401);
});

test('sessions are listed and ended one by one, all at once, by their owner and by an administrator', async () => {
  const { email, userId } = await newUser();
  const [first, second, third] = [await browser(email), await browser(email), await browser(email)];
  const { items } = (await first.call('GET', 'sessions')).json;
  assert.equal(items.length, 3);
  const own = items.find(({ isThis }: { isThis: boolean }) => isThis);
  const other = items.find(({ isThis }: { isThis: boolean }) => !isThis);
  assert.deepEqual([own.method, own.address], ['password', '10.1.1.1']);
  assert.equal((await first.call('DELETE', `sessions/${other.sessionId}`)).status, 204);
  assert.equal((await first.call('DELETE', `sessions/${other.sessionId}`)).json.code, 'SESSION_UNKNOWN');
  const foreign = await browser((await newUser()).email);
  assert.equal((await foreign.call('DELETE', `sessions/${own.sessionId}`)).json.code, 'SESSION_UNKNOWN');
  assert.deepEqual((await first.call('DELETE', 'sessions')).json, { ended: 1 });
  assert.deepEqual([(await second.call('GET', 'me')).status, (await third.call('GET', 'me')).status], [401, 401]);
  assert.deepEqual((await api.call('DELETE', `users/${userId}/sessions`)).json, { ended: 1 });
  assert.equal((await first.call('GET', 'me')).status, 401);
  for (let i = 0; i < 25; i += 1) await browser(email);
  assert.equal((await (await browser(email)).call('GET', 'sessions')).json.items.length, 20);
});

test('a password is changed with the current one, which ends the other sessions', async () => {
  const { email } = await newUser();
  const [mine, other] = [await browser(email), await browser(email)];
  const change = async (current: string | undefined, password: string) =>
    (await mine.call('PUT', 'session/password', { ...(current === undefined ? {} : { current }), password })).json
      ?.code ?? 'done';
  assert.equal(await change('wrong', 'another long one'), 'CREDENTIALS_WRONG');
  assert.equal(await change(undefined, 'another long one'), 'FIELD_INVALID');
  assert.equal(await change(PASSWORD, 'short'), 'FIELD_INVALID');
  assert.equal(await change(PASSWORD, 'aaaaaaaaaaaa'), 'FIELD_INVALID');
  assert.equal(await change(PASSWORD, 'another long one'), 'done');
  assert.deepEqual([(await mine.call('GET', 'me')).status, (await other.call('GET', 'me')).status], [200, 401]);
  assert.equal((await signIn(email)).status, 401);
  assert.equal((await signIn(email, 'another long one')).status, 200);
});

test('whoever guesses a password is stopped, and its owner is not', async () => {
  const { email } = await newUser();
  await browser(email);
  for (let i = 0; i < 10; i += 1) assert.equal((await signIn(email, 'guess', { from: '10.6.6.6' })).status, 401);
  const stopped = await signIn(email, PASSWORD, { from: '10.6.6.6' });
  assert.deepEqual([stopped.status, stopped.json.code], [429, 'FAILURES_TOO_MANY']);
  assert.ok(Number(stopped.answer.headers['retry-after']) > 60);
  assert.equal((await signIn(email)).status, 200, 'from where the owner is');
  const nobody = await signIn('nobody@example.org', PASSWORD, { from: '10.6.6.7' });
  assert.deepEqual([nobody.status, nobody.json.code], [401, 'CREDENTIALS_WRONG']);
  api.enos.advance(15 * 60_000);
  assert.equal((await signIn(email, PASSWORD, { from: '10.6.6.6' })).status, 200);
});

test('a link signs in once, the first of all makes the first administrator, and a password can be set after it', async (t) => {
  const fresh = await createApiFixture(t);
  const link = (await fresh.call('POST', 'sign-in-links', {})).json;
  assert.equal(link.email, 'admin@localhost');
  const follow = () => fresh.app.inject({ method: 'GET', url: link.path });
  const answer = await follow();
  assert.deepEqual([answer.statusCode, answer.headers.location], [303, '/docs']);
  assert.equal((await follow()).statusCode, 401);
  const [cookie] = answer.cookies;
  const headers = { cookie: `${cookie?.name}=${cookie?.value}` };
  const me = await fresh.app.inject({ method: 'GET', url: '/api/v1/session', headers });
  assert.equal(me.json().isAdministrator, true);
  const put = await fresh.app.inject({
    method: 'PUT',
    url: '/api/v1/session/password',
    headers: { ...headers, 'x-csrf-token': me.json().csrfToken },
    payload: { password: PASSWORD },
  });
  assert.equal(put.statusCode, 204);
  const again = (await fresh.call('POST', 'sign-in-links', {})).json;
  assert.equal(again.userId, link.userId, 'the one there is');
  fresh.enos.advance(3600_000);
  assert.equal((await fresh.app.inject({ method: 'GET', url: again.path })).json().code, 'LINK_SPENT');
});

test('a spent link is told as spent to whoever is signed in already, and changes nothing of that', async () => {
  const { email } = await newUser();
  const other = await newUser();
  const { path } = (await api.call('POST', 'sign-in-links', { email: other.email })).json;
  assert.equal((await send({ url: path })).status, 303);
  const { call, headers } = await browser(email);
  const again = await send({ url: path, headers });
  assert.deepEqual([again.status, again.json.code, again.answer.cookies], [401, 'LINK_SPENT', []]);
  assert.equal((await call('GET', 'me')).json.email, email);
});

test('a role given to a member opens the routes that declare it, in that organisation alone', async () => {
  const { email } = await newUser();
  const [org, foreign] = [await api.organization(), await api.organization()];
  await api.call('PUT', `organizations/${org.orgId}/members`, { email, role: 'viewer' });
  const { call, headers } = await browser(email);
  const isOpen = (url: string) =>
    /^\/api\/v1\/(session|openapi\.json)/.test(url) ||
    /^\/(docs|streaming|apim|internal|livez|healthz|readyz|metrics)/.test(url);
  for (const role of ROLES) {
    await api.deps.store.db.update(memberships).set({ role });
    for (const { url, method, config } of routesOf(api.app).filter((route) => !isOpen(route.url))) {
      const permission = config?.permission;
      assert.ok(permission !== undefined && permission !== 'public' && permission !== 'run-token', url);
      // What ends the session itself is tried elsewhere.
      if (url.startsWith('/api/v1/sessions')) continue;
      const path = (orgId: string) => url.replace(':orgId', orgId).replaceAll(/:\w+/g, 'none');
      const sent = { method: [method].flat()[0] as 'GET', headers };
      const { status, answer } = await send({ ...sent, url: path(org.orgId) });
      assert.equal(status === 403, !roleMay(role, permission), `${role}: ${method} ${url} ${answer.body}`);
      if (!url.includes(':orgId')) continue;
      const beyond = await send({ ...sent, url: path(foreign.orgId) });
      assert.ok([400, 403, 404].includes(beyond.status), `${role}: ${method} ${url} ${beyond.answer.body}`);
    }
  }
  assert.equal((await call('GET', `organizations/${foreign.orgId}`)).json.code, 'ORGANIZATION_UNKNOWN');
});

test('who has a role in several organisations says for which one a document is', async () => {
  const { email } = await newUser();
  const orgs = [await api.organization(), await api.organization()];
  for (const { orgId } of orgs) await api.call('PUT', `organizations/${orgId}/members`, { email, role: 'designer' });
  const { call } = await browser(email);
  const document = { stages: [] };
  assert.equal((await call('POST', 'validate', { document })).json.code, 'REQUEST_INVALID');
  assert.equal((await call('POST', 'validate', { document, orgId: orgs[0]?.orgId })).status, 200);
  assert.equal((await call('POST', 'preview', { document, records: [] })).json.code, 'REQUEST_INVALID');
});

test('users are made, changed, disabled and deleted by administrators; the last of these stays', async () => {
  const admin = await newUser({ isAdministrator: true });
  const user = await newUser({ name: 'Somebody' });
  const { call } = await browser(admin.email);
  assert.equal((await call('POST', 'users', { email: user.email.toUpperCase() })).json.code, 'USER_EXISTS');
  assert.equal((await call('POST', 'users', { email: 'no address' })).json.code, 'FIELD_INVALID');
  const page = (await call('GET', 'users?limit=1')).json;
  assert.deepEqual([page.items.length, typeof page.nextCursor], [1, 'string']);
  const theirs = await browser(user.email);
  assert.equal((await theirs.call('GET', 'users')).json.code, 'ADMIN_REQUIRED');
  assert.notEqual((await call('PATCH', `users/${user.userId}`, { isDisabled: true })).json.disabledAt, null);
  assert.equal((await theirs.call('GET', 'me')).status, 401);
  assert.equal((await signIn(user.email)).status, 401);
  assert.equal((await call('PATCH', `users/${user.userId}`, { isDisabled: false, name: 'Else' })).json.name, 'Else');
  assert.equal((await signIn(user.email)).status, 200);
  for (const sent of [
    call('PATCH', `users/${admin.userId}`, { isAdministrator: false }),
    call('DELETE', `users/${admin.userId}`),
  ])
    assert.equal((await sent).json.code, 'LAST_ADMINISTRATOR');
  assert.equal((await call('DELETE', `users/${user.userId}`)).status, 204);
  assert.equal((await call('GET', `users/${user.userId}`)).json.code, 'USER_UNKNOWN');
});

test('members are listed, given another role, and removed', async () => {
  const { email, userId } = await newUser();
  const { orgId } = await api.organization();
  const path = `organizations/${orgId}/members`;
  const roles = async () =>
    (await api.call('GET', path)).json.items.map((member: { email: string; role: string }) => [
      member.email,
      member.role,
    ]);
  assert.equal((await api.call('PUT', path, { email: 'who@example.org', role: 'viewer' })).json.code, 'USER_UNKNOWN');
  for (const role of ['viewer', 'operator']) {
    assert.equal((await api.call('PUT', path, { email, role })).status, 204);
    assert.deepEqual(await roles(), [[email, role]]);
  }
  const { call } = await browser(email);
  assert.equal((await call('GET', `organizations/${orgId}`)).status, 200);
  assert.equal((await api.call('DELETE', `${path}/${userId}`)).status, 204);
  assert.equal((await call('GET', `organizations/${orgId}`)).json.code, 'ROLE_FORBIDS', 'nowhere a role any more');
  assert.equal((await api.call('DELETE', `${path}/${userId}`)).json.code, 'MEMBER_UNKNOWN');
});
