import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { loadSettings } from '../../settings/settings.ts';
import { OidcProvider } from './oidc-provider.ts';

/** Something that answers as a provider may: what it says of itself is the test's to say. */
const listen = async (t: TestContext, answer: (response: ServerResponse, issuer: string, path: string) => void) => {
  const server = createServer((request, response) => answer(response, issuer, request.url ?? ''));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return issuer;
};

const metadata = (issuer: string, more: Readonly<Record<string, unknown>> = {}) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  ...more,
});
const say = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const providerAt = (
  issuer: string,
  onChange: (trouble: Error | undefined) => void = () => undefined,
  now = () => 0,
) => {
  const { oidc } = loadSettings({ PENSTOCK_OIDC_ISSUER: issuer, PENSTOCK_OIDC_CLIENT_ID: 'x' }, '/');
  assert.ok(oidc !== undefined);
  return new OidcProvider({ settings: oidc, clock: { now }, onChange, retryMs: 5 });
};

test('a provider that is away at the start is asked in the background until it answers', async (t) => {
  let asked = 0;
  const issuer = await listen(t, (response, own) => {
    asked += 1;
    if (asked < 3) response.writeHead(503).end();
    else say(response, metadata(own));
  });
  const changes: string[] = [];
  const [away, back] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const provider = providerAt(issuer, (trouble) => {
    changes.push(trouble === undefined ? 'back' : 'away');
    (trouble === undefined ? back : away).resolve();
  });
  t.after(() => provider.close());
  provider.start();
  await away.promise;
  assert.equal(provider.trouble, 'unexpected HTTP response status code');
  await back.promise;
  assert.equal(provider.trouble, undefined);
  assert.deepEqual(changes, ['away', 'back'], 'each is told once');
  assert.equal((await provider.configuration()).serverMetadata().token_endpoint, `${issuer}/token`);
  assert.equal(asked, 3, 'what is known is not asked for again');
});

test('a provider that says what it should not is none', async (t) => {
  const wrong: readonly [string, (response: ServerResponse, issuer: string, path: string) => void][] = [
    ['another issuer', (response) => say(response, metadata('https://evil.example'))],
    [
      'tokens in clear',
      (response, own) => say(response, metadata(own, { token_endpoint: 'http://evil.example/token' })),
    ],
    [
      'sign-in in clear',
      (response, own) => say(response, metadata(own, { authorization_endpoint: 'http://evil.example' })),
    ],
    ['keys in clear', (response, own) => say(response, metadata(own, { jwks_uri: 'http://evil.example' }))],
    [
      'no address at all',
      (response, own) => say(response, metadata(own, { authorization_endpoint: 'javascript:alert(1)' })),
    ],
    ['no token endpoint', (response, own) => say(response, metadata(own, { token_endpoint: undefined }))],
    ['a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['more than there is to say', (response, own) => say(response, metadata(own, { more: 'x'.repeat(1_100_000) }))],
    [
      'somewhere else',
      (response, own, path) =>
        path === '/elsewhere'
          ? say(response, metadata(own))
          : response.writeHead(302, { location: '/elsewhere' }).end(),
    ],
  ];
  for (const [name, answer] of wrong) {
    const provider = providerAt(await listen(t, answer));
    await assert.rejects(provider.configuration(), { code: 'OIDC_PROVIDER_AWAY' }, name);
  }
});

test('whoever waits for a provider waits for one question', async (t) => {
  let asked = 0;
  let now = 0;
  const issuer = await listen(t, (response) => {
    asked += 1;
    response.writeHead(500).end();
  });
  const provider = providerAt(issuer, undefined, () => now);
  const ask = () => provider.configuration().catch(({ code }: { code: string }) => code);
  assert.deepEqual(new Set(await Promise.all([ask(), ask(), ask()])), new Set(['OIDC_PROVIDER_AWAY']));
  await ask();
  assert.equal(asked, 1);
  now += 2000;
  await ask();
  assert.equal(asked, 2);
});
