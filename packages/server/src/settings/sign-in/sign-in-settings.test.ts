import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings } from '../settings.ts';

const of = (env: Readonly<Record<string, string>>) =>
  loadSettings(
    { PENSTOCK_OIDC_ISSUER: 'https://id.example.org/realms/plant', PENSTOCK_OIDC_CLIENT_ID: 'p', ...env },
    '/srv',
  );

test('a provider is an issuer and a client; all else has a default', () => {
  assert.deepEqual(of({}).oidc, {
    issuer: 'https://id.example.org/realms/plant',
    clientId: 'p',
    scopes: 'openid profile email',
    userClaim: 'email',
    needsVerifiedEmail: true,
    groupsClaim: 'groups',
    roles: [],
    admitsUnknown: false,
    name: 'id.example.org',
  });
  assert.equal(loadSettings({}, '/srv').oidc, undefined);
});

test('groups are given roles one a line or with semicolons between, whatever their names have in them', () => {
  const { oidc } = of({
    PENSTOCK_OIDC_ROLES:
      '/plant/ops = o1:operator; CN=Designers,OU=x=o-2:designer\n\nadmins=installation\n a b =o1:viewer;',
  });
  assert.deepEqual(oidc?.roles, [
    { group: '/plant/ops', orgId: 'o1', role: 'operator' },
    { group: 'CN=Designers,OU=x', orgId: 'o-2', role: 'designer' },
    { group: 'admins', role: 'administrator' },
    { group: 'a b', orgId: 'o1', role: 'viewer' },
  ]);
});

test('the secret of the client can be in a file', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-oidc-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'secret'), 'hunter2\n');
  assert.equal(of({ PENSTOCK_OIDC_CLIENT_SECRET_FILE: join(folder, 'secret') }).oidc?.clientSecret, 'hunter2');
});

test('what could let the wrong people in, or nobody, is refused at the start', () => {
  const loopback = ['http://127.0.0.1:9000', 'http://localhost:9000/', 'http://[::1]:1/x', 'http://id.localhost'];
  for (const issuer of loopback) assert.equal(of({ PENSTOCK_OIDC_ISSUER: issuer }).oidc?.issuer, issuer);
  const refused: readonly [Readonly<Record<string, string>>, RegExp][] = [
    [{ PENSTOCK_OIDC_ISSUER: 'http://id.example.org' }, /must be an https URL/],
    [{ PENSTOCK_OIDC_ISSUER: 'http://127.0.0.1.example.org' }, /must be an https URL/],
    [{ PENSTOCK_OIDC_ISSUER: 'id.example.org' }, /must be an https URL/],
    [{ PENSTOCK_OIDC_ISSUER: 'javascript:alert(1)' }, /must be an https URL/],
    [{ PENSTOCK_OIDC_ISSUER: 'https://id.example.org/?tenant=1' }, /no query/],
    [{ PENSTOCK_OIDC_ISSUER: 'https://u:p@id.example.org/' }, /no query/],
    [{ PENSTOCK_OIDC_ISSUER: 'https://id.example.org/.well-known/openid-configuration' }, /must be the issuer/],
    [{ PENSTOCK_OIDC_CLIENT_ID: '' }, /must be given together/],
    [{ PENSTOCK_OIDC_ISSUER: '' }, /must be given together/],
    [{ PENSTOCK_OIDC_SCOPES: 'profile email' }, /openid among them/],
    [{ PENSTOCK_OIDC_ROLES: 'ops=o1:king' }, /"ops=o1:king" is neither/],
    [{ PENSTOCK_OIDC_ROLES: 'ops=o1' }, /"ops=o1" is neither/],
    [{ PENSTOCK_OIDC_ROLES: '=o1:viewer' }, /"=o1:viewer" is neither/],
    [{ PENSTOCK_OIDC_ISSUER: '', PENSTOCK_OIDC_CLIENT_ID: '', PENSTOCK_PASSWORDS: 'false' }, /nobody could sign in/],
  ];
  for (const [env, message] of refused)
    assert.throws(() => of(env), { code: 'SETTINGS_INVALID', message }, JSON.stringify(env));
});
