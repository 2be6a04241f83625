import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { admit } from '../../../people/oidc/admit.ts';
import { OidcProvider } from '../../../people/oidc/oidc-provider.ts';
import { claimsOf, createSigningKey, signToken } from '../../../people/oidc/testing/signing-keys.ts';
import { TestBrowser } from '../../../people/oidc/testing/test-browser.ts';
import { type Account, CLIENT, startTestProvider } from '../../../people/oidc/testing/test-provider.ts';
import { loadSettings } from '../../../settings/settings.ts';
import type { Store } from '../../../store/open-store.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const cleanups: (() => unknown)[] = [];
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});
const t = { after: (cleanup: () => unknown) => cleanups.push(cleanup) };

/** The page of a console, whatever is on it: browsers are told there what went wrong. */
const page = { path: '/', type: 'text/html', plain: Buffer.from('<!doctype html>') };

let store: Store | undefined;
/** A service that listens, and a provider that knows it. */
const start = async (
  env: Readonly<Record<string, string>> = {},
  options: { readonly claimsInIdToken?: boolean } = {},
) => {
  const provider = await startTestProvider(options);
  t.after(() => provider.close());
  const { oidc, passwords } = loadSettings(
    {
      PENSTOCK_OIDC_ISSUER: provider.issuer,
      PENSTOCK_OIDC_CLIENT_ID: CLIENT.id,
      PENSTOCK_OIDC_CLIENT_SECRET: CLIENT.secret,
      ...env,
    },
    '/nowhere',
  );
  assert.ok(oidc !== undefined);
  const log: string[] = [];
  const api = await createApiFixture(t, {
    ...(store === undefined ? {} : { store }),
    passwords,
    log: (line) => log.push(line),
    console: { page, assets: [] },
    provider: ({ clock }) => new OidcProvider({ settings: oidc, clock, onChange: () => undefined }),
  });
  store = api.deps.store;
  // The provider goes by the clock of the machine.
  const setClock = () => api.enos.advance(Date.now() - api.deps.clock.now());
  setClock();
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://localhost:${(api.app.server.address() as AddressInfo).port}`;
  provider.serve(url);
  return { api, provider, url, log, setClock };
};
type Started = Awaited<ReturnType<typeof start>>;

let people = 0;
const person = (more: Partial<Account> = {}): Account & { email: string } => {
  people += 1;
  return {
    sub: `sub-${people}`,
    email: `person${people}@example.org`,
    email_verified: true,
    name: `P${people}`,
    ...more,
  } as never;
};

/** Somebody sits down at a browser and signs in; where that ends. */
const signIn = async (
  { provider, url }: Started,
  who: Account | undefined,
  browser = new TestBrowser(),
  returnTo?: string,
) => {
  provider.account = who;
  const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
  const end = await browser.go(`${url}/api/v1/session/oidc${query}`);
  return { browser, end, problem: end.url.searchParams.get('problem') };
};
const isCallback = (url: URL): boolean => url.pathname === '/api/v1/session/oidc/callback';
/** A sign-in up to where the provider sends the browser back. */
const halfWay = async ({ provider, url }: Started, who: Account) => {
  provider.account = who;
  const browser = new TestBrowser();
  const { url: callback } = await browser.go(`${url}/api/v1/session/oidc`, { until: isCallback });
  return { browser, callback };
};
const sessionOf = async ({ url }: Started, browser: TestBrowser) => {
  const answer = await browser.fetch(`${url}/api/v1/session`);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};
const problemOf = (url: URL): string | null => url.searchParams.get('problem');

describe('a service whose roles are given here', () => {
  let service: Started;
  before(async () => {
    service = await start();
  });
  beforeEach(() => {
    service.provider.forge = undefined;
    service.provider.asked.length = 0;
    // What is counted per address is over before the next test; tokens are good for an hour.
    service.api.enos.advance(16 * 60_000);
    service.setClock();
  });
  const known = async (who = person()) => {
    await service.api.call('POST', 'users', { email: who.email });
    return who;
  };

  test('whom the provider knows has a session like any other, comes back to where they were, and signs out of both', async () => {
    const who = await known();
    const org = await service.api.organization();
    await service.api.call('PUT', `organizations/${org.orgId}/members`, { email: who.email, role: 'viewer' });
    const { browser, end } = await signIn(service, who, undefined, '/organizations/o1?q=a%20b#x');
    assert.deepEqual([end.url.href, end.status], [`${service.url}/organizations/o1?q=a%20b#x`, 200]);
    const { json } = await sessionOf(service, browser);
    assert.deepEqual([json.email, json.roles], [who.email, [{ orgId: org.orgId, role: 'viewer' }]]);
    const sent = browser.visited.find((each) => each.startsWith(`${service.provider.issuer}/auth`));
    const asked = new URL(sent ?? '').searchParams;
    assert.deepEqual(
      [asked.get('response_type'), asked.get('code_challenge_method'), asked.get('scope')],
      ['code', 'S256', 'openid profile email'],
    );
    for (const name of ['state', 'nonce', 'code_challenge']) assert.match(asked.get(name) ?? '', /^[\w-]{43}$/, name);
    const { items } = (await service.api.call('GET', 'audit?limit=20')).json;
    const actions = items
      .filter(({ actor }: { actor: string }) => actor === who.email)
      .map(({ action }: { action: string }) => action);
    assert.deepEqual(actions.sort(), ['session.begin', 'user.link-provider']);
    const out = await browser.fetch(`${service.url}/api/v1/session`, {
      method: 'DELETE',
      headers: { 'x-csrf-token': String(json.csrfToken) },
    });
    assert.equal(out.status, 204);
    assert.equal((await sessionOf(service, browser)).status, 401);
    const last = await browser.go(`${service.url}${json.signOutPath}`);
    assert.deepEqual([last.url.origin, last.url.pathname, last.status], [service.provider.issuer, '/session/end', 200]);
    assert.deepEqual(
      [...last.url.searchParams],
      [
        ['post_logout_redirect_uri', `${service.url}/sign-in`],
        ['client_id', CLIENT.id],
      ],
    );
  });

  test('nothing that opens something is in the log, in an address of ours, or readable by a page', async () => {
    const who = await known();
    let idToken = '';
    service.provider.forge = (claims) => {
      idToken = signToken(claims, service.provider.key);
      return idToken;
    };
    const { browser, callback } = await halfWay(service, who);
    const kept = browser.cookies('localhost').get('penstock-sign-in') ?? '';
    assert.notEqual(kept, '');
    await browser.go(callback.href);
    const [code, state] = ['code', 'state'].map((name) => callback.searchParams.get(name) ?? '');
    const session = browser.cookies('localhost').get('penstock') ?? '';
    for (const secret of [code, state, kept, session, idToken, CLIENT.secret])
      assert.ok(secret !== undefined && secret !== '' && !service.log.join('').includes(secret), secret);
    assert.deepEqual([...browser.cookies('localhost').keys()], ['penstock'], 'what was under way is over');
    assert.ok(browser.visited.every((each) => !each.includes(idToken) && !each.includes(CLIENT.secret)));
    const begin = await service.api.app.inject({ url: '/api/v1/session/oidc', headers: { host: 'penstock.example' } });
    const [cookie] = begin.cookies;
    assert.deepEqual(
      [cookie?.name, cookie?.httpOnly, cookie?.secure, cookie?.sameSite, cookie?.path],
      ['__Host-penstock-sign-in', true, true, 'Lax', '/'],
    );
    const redirectUri = new URL(String(begin.headers.location)).searchParams.get('redirect_uri');
    assert.equal(redirectUri, 'https://penstock.example/api/v1/session/oidc/callback', 'TLS off loopback');
  });

  test('a callback that comes again is refused, also with the cookies it came with', async () => {
    const who = await known();
    const { browser, callback } = await halfWay(service, who);
    const cookies = new Map(browser.cookies('localhost'));
    assert.equal((await browser.go(callback.href)).url.pathname, '/');
    assert.equal(problemOf((await browser.go(callback.href)).url), 'OIDC_STATE_WRONG');
    const thief = new TestBrowser();
    thief.setCookies('localhost', cookies);
    assert.equal(problemOf((await thief.go(callback.href)).url), 'OIDC_STATE_WRONG');
    assert.equal((await sessionOf(service, thief)).status, 401);
  });

  test('a sign-in is brought to an end once, whatever the provider takes twice', async () => {
    const { email, sub } = await known();
    const { oidc: settings } = loadSettings(
      { PENSTOCK_OIDC_ISSUER: service.provider.issuer, PENSTOCK_OIDC_CLIENT_ID: 'x' },
      '/',
    );
    assert.ok(settings !== undefined);
    const admission = {
      person: { issuer: settings.issuer, subject: sub, email, name: '', groups: [] },
      state: 'a state',
      settings,
      origin: { address: '10.1.1.1', userAgent: '' },
    };
    const deps = { ...service.api.deps, sessions: { lifetimeMs: 3600_000, idleMs: 3600_000 } };
    const both = await Promise.allSettled([admit(deps, admission), admit(deps, admission)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await assert.rejects(admit(deps, admission), { code: 'OIDC_STATE_WRONG' });
  });

  test('the callback of another browser opens nothing there, and costs the first one nothing', async () => {
    const { browser, callback } = await halfWay(service, await known());
    const other = new TestBrowser();
    assert.equal(problemOf((await other.go(callback.href)).url), 'OIDC_STATE_WRONG');
    // Nor where that one has a sign-in of its own under way.
    await other.fetch(`${service.url}/api/v1/session/oidc`);
    assert.equal(problemOf((await other.go(callback.href)).url), 'OIDC_STATE_WRONG');
    assert.equal((await sessionOf(service, other)).status, 401);
    assert.ok(!service.provider.asked.includes('/token'), 'the provider is not asked for tokens');
    assert.equal((await browser.go(callback.href)).url.pathname, '/');
  });

  test("a sign-in that took too long is begun again; several tabs do not get in each other's way", async () => {
    const who = await known();
    const first = await halfWay(service, who);
    const second = await first.browser.go(`${service.url}/api/v1/session/oidc`, { until: isCallback });
    assert.equal((await first.browser.go(first.callback.href)).url.href, `${service.url}/`);
    assert.equal((await first.browser.go(second.url.href)).url.pathname, '/');
    const { browser, callback } = await halfWay(service, who);
    service.api.enos.advance(10 * 60_000);
    assert.equal(problemOf((await browser.go(callback.href)).url), 'OIDC_STATE_WRONG');
  });

  test('an answer of another issuer is not taken (mix-up), nor one that does not say whose it is', async () => {
    const who = await known();
    for (const iss of ['https://evil.example', undefined]) {
      const { browser, callback } = await halfWay(service, who);
      if (iss === undefined) callback.searchParams.delete('iss');
      else callback.searchParams.set('iss', iss);
      assert.equal(problemOf((await browser.go(callback.href)).url), 'OIDC_TOKEN_INVALID');
      assert.ok(!service.provider.asked.includes('/token'), 'the code goes nowhere');
    }
  });

  test('ID tokens that are forged, or for somebody else, open nothing', async () => {
    const { key } = service.provider;
    const otherKey = createSigningKey('key-1');
    const now = Math.round(Date.now() / 1000);
    const forged: readonly [string, string, (claims: Record<string, unknown>) => string][] = [
      ['alg none', 'OIDC_TOKEN_INVALID', (claims) => signToken(claims, undefined)],
      ['another key', 'OIDC_TOKEN_INVALID', (claims) => signToken(claims, otherKey)],
      ['an unknown key', 'OIDC_TOKEN_INVALID', (claims) => signToken(claims, otherKey, 'key-2')],
      ['changed after signing', 'OIDC_TOKEN_INVALID', (claims) => changed(signToken(claims, key), { sub: 'another' })],
      ['another audience', 'OIDC_AUDIENCE_WRONG', (claims) => signToken({ ...claims, aud: 'another' }, key)],
      ['another issuer', 'OIDC_TOKEN_INVALID', (claims) => signToken({ ...claims, iss: 'https://evil.example' }, key)],
      ['another nonce', 'OIDC_TOKEN_INVALID', (claims) => signToken({ ...claims, nonce: 'another' }, key)],
      ['no nonce', 'OIDC_TOKEN_INVALID', ({ nonce: _, ...claims }) => signToken(claims, key)],
      ['expired', 'OIDC_CLOCK_SKEW', (claims) => signToken({ ...claims, iat: now - 7200, exp: now - 3600 }, key)],
      ['of the future', 'OIDC_CLOCK_SKEW', (claims) => signToken({ ...claims, iat: now + 3600, exp: now + 7200 }, key)],
      ['no token', 'OIDC_TOKEN_INVALID', () => 'no token'],
    ];
    const who = await known();
    for (const [name, code, forge] of forged) {
      service.provider.forge = forge;
      const { browser, problem } = await signIn(service, who);
      assert.equal(problem, code, name);
      assert.equal((await sessionOf(service, browser)).status, 401, name);
    }
    service.provider.forge = (claims) => signToken({ ...claims, exp: now - 30 }, key);
    assert.equal((await signIn(service, who)).problem, null, 'clocks may differ by less than a minute');
  });

  test('what a link says to come back to is a page of this service', async () => {
    const who = await known();
    for (const returnTo of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/api/v1/session/oidc',
    ])
      assert.equal((await signIn(service, who, undefined, returnTo)).end.url.href, `${service.url}/`, returnTo);
    const refused = await service.api.app.inject({
      url: '/api/v1/session/oidc',
      headers: { host: '127.0.0.1:80@evil.example' },
    });
    assert.equal(refused.statusCode, 421);
  });

  test('who breaks off, is unknown, disabled, or has an address that is not theirs, is told so', async () => {
    const who = await known();
    assert.equal((await signIn(service, undefined)).problem, 'OIDC_DENIED');
    assert.equal((await signIn(service, person())).problem, 'OIDC_USER_UNKNOWN');
    assert.equal((await signIn(service, { ...who, email_verified: false })).problem, 'OIDC_EMAIL_UNVERIFIED');
    assert.equal((await signIn(service, { sub: 'x' })).problem, 'OIDC_CLAIM_MISSING');
    assert.equal((await signIn(service, who)).problem, null);
    // The address went to somebody else at the provider.
    assert.equal((await signIn(service, person({ email: who.email }))).problem, 'OIDC_USER_TAKEN');
    const { items } = (await service.api.call('GET', 'users?limit=200')).json;
    const { userId } = items.find(({ email }: { email: string }) => email === who.email);
    const { browser } = await signIn(service, who);
    const unlinked = await service.api.call('DELETE', `users/${userId}/identities`);
    assert.deepEqual([unlinked.status, unlinked.json], [200, { forgotten: 1 }]);
    assert.equal((await sessionOf(service, browser)).status, 401);
    assert.equal((await signIn(service, person({ email: who.email }))).problem, null);
    assert.equal((await signIn(service, who)).problem, 'OIDC_USER_TAKEN');
    await service.api.call('DELETE', `users/${userId}/identities`);
    await service.api.call('PATCH', `users/${userId}`, { isDisabled: true });
    assert.equal((await signIn(service, who)).problem, 'OIDC_USER_DISABLED');
    const audit = (await service.api.call('GET', 'audit?limit=50')).json.items;
    const refusals = audit
      .filter(({ action, target }: Record<string, string>) => action === 'session.refused' && target === userId)
      .map(({ detail }: Record<string, string>) => detail);
    assert.deepEqual(refusals, ['OIDC_USER_DISABLED', 'OIDC_USER_TAKEN', 'OIDC_USER_TAKEN']);
    const asProgram = await service.api.app.inject({ url: '/api/v1/session/oidc/callback?state=x&code=y' });
    assert.deepEqual([asProgram.statusCode, asProgram.json().code], [400, 'OIDC_STATE_WRONG']);
  });

  test('somebody stays who they are where their address changes', async () => {
    const who = await known();
    const before = await sessionOf(service, (await signIn(service, who)).browser);
    const email = `new-${who.email}`;
    const now = await sessionOf(service, (await signIn(service, { ...who, email })).browser);
    assert.deepEqual([now.json.userId, now.json.email], [before.json.userId, email]);
  });
});

/** The token with other claims in it, and its signature as it was. */
const changed = (token: string, claims: Record<string, unknown>): string => {
  const [header, , signature] = token.split('.');
  const content = Buffer.from(JSON.stringify({ ...claimsOf(token), ...claims })).toString('base64url');
  return [header, content, signature].join('.');
};

test('groups of the provider give roles and take them away; what was given here stays', async () => {
  const env = {
    PENSTOCK_OIDC_ADMIT: 'true',
    PENSTOCK_OIDC_SCOPES: 'openid profile email groups',
    PENSTOCK_OIDC_ROLES:
      'ops=plant-1:operator;view=plant-1:viewer;view=plant-2:viewer;view=not-yet:viewer;root=installation',
  };
  // Claims come from the user-info endpoint here.
  const service = await start(env, { claimsInIdToken: false });
  for (const orgId of ['plant-1', 'plant-2', 'plant-3'])
    assert.equal((await service.api.call('POST', 'organizations', { orgId, name: orgId })).status, 201);
  const who = person();
  const rolesWith = async (...groups: string[]) => {
    const { browser, problem } = await signIn(service, { ...who, groups });
    if (problem !== null) return problem;
    const { json } = await sessionOf(service, browser);
    const roles = json.roles as { orgId: string; role: string }[];
    const sorted = roles.map(({ orgId, role }) => `${orgId} ${role}`).sort();
    return json.isAdministrator === true ? ['installation', ...sorted] : sorted;
  };
  assert.equal(await rolesWith(), 'OIDC_ROLE_NONE');
  const { items: none } = (await service.api.call('GET', 'users?limit=200')).json;
  assert.ok(!none.some(({ email }: { email: string }) => email === who.email), 'nobody is made who may do nothing');
  assert.deepEqual(await rolesWith('view', 'ops', 'other'), ['plant-1 operator', 'plant-2 viewer']);
  assert.deepEqual(await rolesWith('ops', 'root'), ['installation', 'plant-1 operator']);
  assert.deepEqual(await rolesWith('view'), ['plant-1 viewer', 'plant-2 viewer']);
  assert.equal(await rolesWith('other'), 'OIDC_ROLE_NONE');
  const members = (await service.api.call('GET', 'organizations/plant-1/members')).json;
  assert.deepEqual(members.items, []);
  await service.api.call('PUT', 'organizations/plant-1/members', { email: who.email, role: 'designer' });
  await service.api.call('PUT', 'organizations/plant-3/members', { email: who.email, role: 'viewer' });
  assert.deepEqual(await rolesWith('view'), ['plant-1 designer', 'plant-2 viewer', 'plant-3 viewer']);
  assert.deepEqual(await rolesWith(), ['plant-1 designer', 'plant-3 viewer']);
  const audit = (await service.api.call('GET', 'organizations/plant-2/audit')).json.items.map(
    ({ actor, action, detail }: Record<string, string>) => `${actor}: ${action} ${detail}`,
  );
  const entry = `${who.email}: member.set ${who.email} viewer (by the provider)`;
  assert.ok(audit.includes(entry), audit.join('\n'));
  assert.ok(audit.includes(`${who.email}: member.remove ${who.email} (by the provider)`));
});

test('a provider that is away keeps nobody else out, and is asked again when somebody wants to sign in', async () => {
  const service = await start({ PENSTOCK_OIDC_ADMIT: 'true', PENSTOCK_OIDC_NAME: 'Plant ID' });
  service.provider.isAway = true;
  const who = person();
  const ways = (await service.api.call('GET', 'session/ways', undefined, null)).json;
  assert.deepEqual(ways, { passwords: true, provider: { name: 'Plant ID', path: '/api/v1/session/oidc' } });
  for (let i = 0; i < 5; i += 1) assert.equal((await signIn(service, who)).problem, 'OIDC_PROVIDER_AWAY');
  assert.equal(service.provider.asked.length, 1, 'not once for each who wants to');
  const doctor = async () => (await service.api.call('GET', 'system')).json.signInProvider;
  const trouble = 'unexpected HTTP response status code';
  assert.deepEqual(await doctor(), { issuer: service.provider.issuer, trouble });
  const local = person();
  await service.api.call('POST', 'users', { email: local.email, password: 'correct horse battery' });
  const session = { email: local.email, password: 'correct horse battery' };
  assert.equal((await service.api.call('POST', 'session', session, null)).status, 200);
  service.provider.isAway = false;
  service.api.enos.advance(2000);
  const { browser, problem } = await signIn(service, who);
  assert.equal(problem, null);
  assert.equal((await doctor()).trouble, null);
  // Away again between the browser's leaving and its coming back.
  const later = await halfWay(service, who);
  service.provider.isAway = true;
  assert.equal(problemOf((await later.browser.go(later.callback.href)).url), 'OIDC_PROVIDER_AWAY');
  assert.equal((await sessionOf(service, browser)).status, 200, 'who is signed in stays so');
});

test('made-up codes are not carried to the provider without end', async () => {
  const service = await start();
  const browser = new TestBrowser();
  let problem: string | null = null;
  for (let tries = 0; tries <= 50 && problem !== 'FAILURES_TOO_MANY'; tries += 1) {
    const begun = await browser.fetch(`${service.url}/api/v1/session/oidc`);
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state');
    const iss = encodeURIComponent(service.provider.issuer);
    const back = await browser.go(`${service.url}/api/v1/session/oidc/callback?code=made-up&state=${state}&iss=${iss}`);
    problem = problemOf(back.url);
  }
  assert.equal(problem, 'FAILURES_TOO_MANY');
  assert.equal(service.provider.asked.filter((path) => path === '/token').length, 50);
});

test('where settings say so nobody signs in with a password, and a link of the administrator still opens', async () => {
  const service = await start({ PENSTOCK_PASSWORDS: 'false' });
  const who = person();
  await service.api.call('POST', 'users', { email: who.email, password: 'correct horse battery' });
  const refused = await service.api.call(
    'POST',
    'session',
    { email: who.email, password: 'correct horse battery' },
    null,
  );
  assert.deepEqual([refused.status, refused.json.code], [403, 'PASSWORDS_OFF']);
  assert.equal((await service.api.call('GET', 'session/ways', undefined, null)).json.passwords, false);
  const { path } = (await service.api.call('POST', 'sign-in-links', { email: who.email })).json;
  const browser = new TestBrowser();
  await browser.go(`${service.url}${path}`);
  assert.deepEqual((await sessionOf(service, browser)).json.signOutPath, null);
});

test('without a provider there is none to go to', async () => {
  const api = await createApiFixture(t, store === undefined ? {} : { store });
  for (const url of ['oidc', 'oidc/callback?code=x&state=y', 'oidc/sign-out']) {
    const { status, json } = await api.call('GET', `session/${url}`, undefined, null);
    assert.deepEqual([status, json.code], [404, 'OIDC_NOT_CONFIGURED'], url);
  }
  const { json } = await api.call('GET', 'session/ways', undefined, null);
  assert.deepEqual(json, { passwords: true, provider: null });
});
