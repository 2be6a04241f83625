import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withService } from './testing/with-service.ts';

const ADA = {
  userId: 'u1',
  email: 'ada@example.org',
  name: 'Ada',
  isAdministrator: false,
  hasPassword: true,
  disabledAt: null,
  lastSignInAt: null,
  createdAt: 1,
};
const ORG = '/api/v1/organizations/o1';
const page = (...items: unknown[]) => ({ items, nextCursor: null, total: items.length });

test('a user is made with a link, and changed by their address', async (t) => {
  const link = { path: '/api/v1/session/link?token=x', userId: 'u1', email: ADA.email, expiresAt: 86_400_000 };
  const { call, changes, url } = await withService(t, {
    'GET /api/v1/users': page(ADA),
    'POST /api/v1/users': ADA,
    'POST /api/v1/sign-in-links': link,
    'PATCH /api/v1/users/u1': ADA,
    'DELETE /api/v1/users/u1': null,
    'DELETE /api/v1/users/u1/sessions': { ended: 2 },
    'DELETE /api/v1/users/u1/identities': { forgotten: 1 },
  });
  const made = await call('users', 'create', ADA.email, '--name', 'Ada', '--administrator', '--hours', '2');
  assert.deepEqual([made.code, made.err], [0, '']);
  assert.ok(made.out.includes(`${url}${link.path}`), made.out);
  assert.match((await call('users', 'list')).out, /^ada@example\.org +Ada +- +- +-$/m);
  const told = [
    ['disable', 'ada@example.org cannot sign in any more.'],
    ['enable', 'ada@example.org can sign in again.'],
    ['sign-out', 'ada@example.org is signed in nowhere any more.'],
    ['unlink', 'ada@example.org is nobody at the provider until they sign in there again.'],
    ['delete', 'ada@example.org is no user any more.'],
  ] as const;
  for (const [command, line] of told)
    assert.deepEqual(await call('users', command, ADA.email), { code: 0, out: `${line}\n`, err: '' });
  const no = await call('users', 'administrator', 'Ada@Example.org', 'no');
  assert.equal(no.out, 'Ada@Example.org does not administer the installation.\n');
  assert.deepEqual(changes, [
    'POST /api/v1/users {"email":"ada@example.org","isAdministrator":true,"name":"Ada"}',
    'POST /api/v1/sign-in-links {"email":"ada@example.org","hours":2}',
    'PATCH /api/v1/users/u1 {"isDisabled":true}',
    'PATCH /api/v1/users/u1 {"isDisabled":false}',
    'DELETE /api/v1/users/u1/sessions',
    'DELETE /api/v1/users/u1/identities',
    'DELETE /api/v1/users/u1',
    'PATCH /api/v1/users/u1 {"isAdministrator":false}',
  ]);
  const nobody = await call('users', 'delete', 'nobody@example.org');
  assert.notEqual(nobody.code, 0);
  assert.match(nobody.err, /There is no user "nobody@example\.org"/);
  assert.equal((await call('users', 'link', ADA.email, '--hours', '0')).code, 2);
});

test('members are listed with who gave them their role, set and removed', async (t) => {
  const member = { userId: 'u1', email: ADA.email, name: 'Ada', role: 'operator', isDisabled: false, since: 1 };
  const { call, changes } = await withService(t, {
    [`GET ${ORG}/members`]: page(
      { ...member, source: 'oidc' },
      { ...member, email: 'bob@example.org', source: 'local' },
    ),
    [`PUT ${ORG}/members`]: null,
    [`DELETE ${ORG}/members/u1`]: null,
  });
  const { out } = await call('members', 'list');
  assert.match(out, /^ada@example\.org +Ada +operator +by the provider /m);
  assert.match(out, /^bob@example\.org +Ada +operator +here /m);
  assert.equal((await call('members', 'set', ADA.email, 'designer')).out, 'ada@example.org is designer of o1.\n');
  assert.equal((await call('members', 'set', ADA.email, 'king')).code, 2);
  assert.equal((await call('members', 'remove', ADA.email)).out, 'ada@example.org is no member of o1 any more.\n');
  assert.deepEqual(changes, [
    `PUT ${ORG}/members {"email":"ada@example.org","role":"designer"}`,
    `DELETE ${ORG}/members/u1`,
  ]);
});

test('topics are granted to read or write, and withdrawn', async (t) => {
  const grant = { pattern: 'wind.*', read: true, write: false };
  const { call, changes } = await withService(t, {
    [`GET ${ORG}/topic-grants`]: { items: [grant] },
    [`GET ${ORG}/queue-topics`]: page(),
    [`PUT ${ORG}/topic-grants`]: { items: [grant] },
    [`DELETE ${ORG}/topic-grants`]: null,
  });
  assert.match((await call('topics', 'list')).out, /^wind\.\* +yes +- +- +- +- +- +-$/m);
  assert.equal((await call('topics', 'grant', 'wind.*', '--read')).out, 'o1 may read wind.*.\n');
  assert.equal((await call('topics', 'grant', 'wind.*')).code, 2);
  assert.equal((await call('topics', 'withdraw', 'wind.*')).code, 0);
  assert.deepEqual(changes, [
    `PUT ${ORG}/topic-grants {"pattern":"wind.*","read":true,"write":false}`,
    `DELETE ${ORG}/topic-grants?pattern=wind.*`,
  ]);
});

test('an access key is made with a role and an end, shows its last use, and its token is revoked', async (t) => {
  const key = {
    accessKey: 'k1',
    name: 'plant',
    role: 'operator',
    createdAt: 1,
    expiresAt: Date.parse('2027-01-01T00:00:00Z'),
    lastUsedAt: Date.parse('2026-06-01T00:00:00Z'),
  };
  const { call, changes } = await withService(t, {
    [`GET ${ORG}/access-keys`]: page(key),
    [`POST ${ORG}/access-keys`]: { ...key, secretKey: 's1' },
    [`DELETE ${ORG}/access-keys/k1`]: null,
    [`DELETE ${ORG}/access-keys/k1/tokens`]: null,
  });
  assert.match((await call('keys', 'list')).out, /^k1 +plant +operator .*2027-01-01.*2026-06-01/m);
  const before = Date.now();
  const made = await call('keys', 'create', '--name', 'plant', '--role', 'operator', '--days', '30');
  assert.deepEqual([made.code, made.err], [0, '']);
  assert.match(made.out, /s1/);
  const { expiresAt, ...body } = JSON.parse(changes[0]?.split(' ').slice(2).join(' ') ?? '');
  assert.deepEqual(body, { name: 'plant', role: 'operator' });
  assert.ok(expiresAt >= before + 30 * 86_400_000);
  assert.equal((await call('keys', 'revoke', 'k1')).code, 0);
  assert.equal((await call('keys', 'delete', 'k1')).code, 0);
  assert.deepEqual(changes.slice(1), [`DELETE ${ORG}/access-keys/k1/tokens`, `DELETE ${ORG}/access-keys/k1`]);
});
