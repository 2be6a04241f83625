import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSettings } from '../../settings/settings.ts';
import type { OidcSettings } from '../../settings/sign-in/sign-in-settings.ts';
import { rolesOfGroups } from './group-roles.ts';
import { type Claims, isIncomplete, personOf } from './person.ts';

const settings = (env: Readonly<Record<string, string>> = {}): OidcSettings => {
  const given = { PENSTOCK_OIDC_ISSUER: 'https://id.example.org', PENSTOCK_OIDC_CLIENT_ID: 'penstock', ...env };
  const { oidc } = loadSettings(given, '/srv');
  assert.ok(oidc !== undefined);
  return oidc;
};
const claims = (more: Claims = {}): Claims => ({
  iss: 'https://id.example.org',
  sub: '42',
  email: 'Ada@Example.org',
  email_verified: true,
  name: 'Ada',
  ...more,
});

test('somebody is who the claims say', () => {
  assert.deepEqual(personOf(claims({ groups: ['ops', 7, 'dev'] }), settings()), {
    issuer: 'https://id.example.org',
    subject: '42',
    email: 'ada@example.org',
    name: 'Ada',
    groups: ['ops', 'dev'],
  });
  assert.deepEqual(personOf(claims({ groups: 'ops' }), settings()).groups, ['ops']);
  assert.equal(personOf(claims({ name: 'A\u0000' }), settings()).name, '');
});

test('an address counts where the provider says that it is verified, unless settings take it anyway', () => {
  for (const email_verified of [undefined, false, 'false', 1])
    assert.throws(() => personOf(claims({ email_verified }), settings()), { code: 'OIDC_EMAIL_UNVERIFIED' });
  const trusting = settings({ PENSTOCK_OIDC_VERIFIED_EMAIL: 'false' });
  assert.equal(personOf(claims({ email_verified: undefined }), trusting).email, 'ada@example.org');
  const byName = settings({ PENSTOCK_OIDC_USER_CLAIM: 'preferred_username' });
  const named = claims({ preferred_username: 'ada@corp.example', email_verified: undefined });
  assert.equal(personOf(named, byName).email, 'ada@corp.example');
});

test('who is not told apart is not let in', () => {
  for (const more of [
    { email: undefined },
    { email: 'ada' },
    { email: 'a@b\u0000' },
    { email: 7 },
    { sub: '' },
    { sub: 'a\nb' },
  ])
    assert.throws(() => personOf(claims(more), settings()), { code: 'OIDC_CLAIM_MISSING' }, JSON.stringify(more));
});

test('groups are found inside other claims, and in claims with dots in their names', () => {
  const inside = settings({ PENSTOCK_OIDC_GROUPS_CLAIM: 'realm_access.roles' });
  assert.deepEqual(personOf(claims({ realm_access: { roles: ['a'] } }), inside).groups, ['a']);
  for (const realm_access of [undefined, null, 'roles', ['roles'], { __proto__: { roles: ['a'] } }])
    assert.deepEqual(personOf(claims({ realm_access }), inside).groups, []);
  const spaced = settings({ PENSTOCK_OIDC_GROUPS_CLAIM: 'https://example.org/groups' });
  assert.deepEqual(personOf(claims({ 'https://example.org/groups': ['b'] }), spaced).groups, ['b']);
});

test('the user-info endpoint is asked for what is missing, and only then', () => {
  assert.equal(isIncomplete(claims(), settings()), false);
  assert.equal(isIncomplete(claims({ email: undefined }), settings()), true);
  assert.equal(isIncomplete(claims({ email_verified: undefined }), settings()), true);
  assert.equal(isIncomplete(claims(), settings({ PENSTOCK_OIDC_ROLES: 'ops=o1:viewer' })), true);
});

test('of several groups for one organisation the highest role counts', () => {
  const { roles } = settings({
    PENSTOCK_OIDC_ROLES: 'a=o1:viewer;b=o1:designer;c=o1:operator;b=o2:viewer;root=installation',
  });
  const given = (...groups: string[]) => {
    const { isAdministrator, roles: byOrg } = rolesOfGroups(roles, groups);
    return [isAdministrator, Object.fromEntries(byOrg)];
  };
  assert.deepEqual(given('a', 'b', 'c'), [false, { o1: 'designer', o2: 'viewer' }]);
  assert.deepEqual(given('c', 'a'), [false, { o1: 'operator' }]);
  assert.deepEqual(given('root'), [true, {}]);
  assert.deepEqual(given('A', 'b '), [false, {}], 'names are taken as they are');
});
