import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Role } from '../../../auth/permissions.ts';
import { createEnosClient } from '../../enos/testing/enos-fixture.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const MINUTE_MS = 60_000;

// One fixture for all: starting the embedded database takes a while.
let api: Awaited<ReturnType<typeof createApiFixture>>;
const cleanups: (() => unknown)[] = [];
before(async () => {
  api = await createApiFixture({ after: (cleanup) => cleanups.push(cleanup) });
});
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

const now = (): number => api.deps.clock.now();

/** A key of an organisation of its own, made by the route, and what it is used for. */
const newKey = async (fields: { readonly role?: Role; readonly expiresAt?: number } = {}) => {
  const { orgId } = await api.enos.organization({ standaloneCu: 1 });
  const made = await api.call('POST', `organizations/${orgId}/access-keys`, fields);
  assert.equal(made.status, 201);
  const { accessKey, secretKey } = made.json;
  const enos = createEnosClient({ ...api.enos, app: api.app }, { orgId, accessKey, secretKey });
  /** As administrators see it. */
  const shown = async () => {
    const { items } = (await api.call('GET', `organizations/${orgId}/access-keys`)).json;
    return items.find((item: { accessKey: string }) => item.accessKey === accessKey);
  };
  const list = async (token: string) =>
    (await api.call('GET', `organizations/${orgId}/pipelines`, undefined, token)).status;
  return { orgId, accessKey, enos, shown, list };
};

test('a key is good until it expires, and its token, a signed call and a new token with it', async () => {
  const { enos, list, orgId } = await newKey({ expiresAt: now() + 10 * MINUTE_MS });
  const token = await enos.token();
  api.enos.advance(10 * MINUTE_MS - 1);
  assert.equal(await list(token), 200);
  assert.equal((await enos.call('GET', 'streaming/pipelines')).http, 200);
  api.enos.advance(1);
  assert.equal(await list(token), 401);
  assert.equal((await enos.call('GET', 'streaming/pipelines')).json.status, 1203);
  const stranger = await newKey({ expiresAt: now() + 1 });
  api.enos.advance(1);
  const refused = await stranger.enos.token().then(
    (given) => given,
    () => 'none',
  );
  assert.equal(refused, 'none', 'no token for a key that has expired');
  const late = await api.call('POST', `organizations/${orgId}/access-keys`, { expiresAt: now() });
  assert.deepEqual([late.status, late.json.code, late.json.issues[0]?.path], [400, 'FIELD_INVALID', '/expiresAt']);
});

test('a key may do what its role may, on the own routes and on those of EnOS', async () => {
  const tried = async (role: Role) => {
    const { enos, orgId } = await newKey({ role });
    const token = await enos.token();
    const own = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) =>
      (await api.call(method, path, body, token)).status;
    const enosSave = await enos.call('POST', 'streaming/pipeline/null', {
      query: `action=save&orgId=${orgId}`,
      body: { name: 'p', templateType: 1, messageChannel: 0, pipelineJson: { stages: [] } },
    });
    return [
      await own('GET', `organizations/${orgId}/pipelines`),
      await own('POST', `organizations/${orgId}/pipelines`, { name: 'p' }),
      await own('GET', `organizations/${orgId}/access-keys`),
      await own('POST', 'organizations', { name: 'another' }),
      enosSave.json.code === 0,
    ];
  };
  assert.deepEqual(await tried('viewer'), [200, 403, 403, 403, false]);
  assert.deepEqual(await tried('operator'), [200, 403, 403, 403, false]);
  assert.deepEqual(await tried('designer'), [200, 201, 403, 403, true]);
  assert.deepEqual(await tried('administrator'), [200, 201, 200, 403, true]);
});

test('when a key was last used is known to the minute, by asking for a token, by a token and by a signed call', async () => {
  const { enos, shown, list } = await newKey();
  assert.equal((await shown()).lastUsedAt, null);
  const token = await enos.token();
  const asked = now();
  assert.equal((await shown()).lastUsedAt, asked, 'a token was asked for');
  api.enos.advance(MINUTE_MS - 1);
  await list(token);
  assert.equal((await shown()).lastUsedAt, asked, 'not a row for every call');
  api.enos.advance(MINUTE_MS);
  await list(token);
  assert.equal((await shown()).lastUsedAt, now());
  api.enos.advance(2 * MINUTE_MS);
  await enos.call('GET', 'streaming/pipelines');
  assert.equal((await shown()).lastUsedAt, now());
  api.enos.advance(2 * MINUTE_MS);
  const before = (await shown()).lastUsedAt;
  await list('made up');
  assert.equal((await shown()).lastUsedAt, before);
});

test('a revoked token is worth nothing at once, the key gives another, and nobody else revokes it', async () => {
  const { accessKey, enos, list, orgId } = await newKey();
  const token = await enos.token();
  const path = `organizations/${orgId}/access-keys/${accessKey}/tokens`;
  const stranger = await newKey();
  assert.equal((await api.call('DELETE', path, undefined, await stranger.enos.token())).status, 404);
  const foreign = path.replace(orgId, stranger.orgId);
  assert.equal((await api.call('DELETE', foreign)).json.code, 'ACCESS_KEY_UNKNOWN');
  assert.equal(await list(token), 200);
  assert.equal((await api.call('DELETE', path)).status, 204);
  assert.equal(await list(token), 401);
  api.enos.advance(1);
  const another = await enos.token();
  assert.notEqual(another, token);
  assert.deepEqual([await list(another), await list(token)], [200, 401]);
});
