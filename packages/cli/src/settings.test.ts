import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { resolveSettings } from './settings.ts';

const DEMO = { baseUrl: 'http://127.0.0.1:8099', orgId: 'o1', accessKey: 'a', secretKey: 's', pipelineId: 'p' };

const installation = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-cli-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'demo.json'), JSON.stringify(DEMO));
  writeFileSync(join(dir, 'admin-token'), 'secret-token\n');
  return dir;
};

test('beside a local installation nothing has to be given', (t) => {
  assert.deepEqual(resolveSettings({ data: installation(t) }, {}, '/'), {
    baseUrl: 'http://127.0.0.1:8099',
    givenOrgId: undefined,
    orgId: 'o1',
    adminToken: 'secret-token',
    keys: { accessKey: 'a', secretKey: 's' },
  });
});

test('credentials of the local installation never go to another address', (t) => {
  assert.deepEqual(resolveSettings({ data: installation(t), url: 'https://elsewhere.example/' }, {}, '/'), {
    baseUrl: 'https://elsewhere.example',
    givenOrgId: undefined,
    orgId: undefined,
    adminToken: undefined,
    keys: undefined,
  });
});

test('given credentials replace the local ones altogether', (t) => {
  const environment = { PENSTOCK_ACCESS_KEY: 'x', PENSTOCK_SECRET_KEY: 'y', PENSTOCK_DATA: installation(t) };
  assert.deepEqual(resolveSettings({}, environment, '/'), {
    baseUrl: 'http://127.0.0.1:8099',
    givenOrgId: undefined,
    orgId: undefined,
    adminToken: undefined,
    keys: { accessKey: 'x', secretKey: 'y' },
  });
});

test('half a key pair, a damaged demo.json and an address that is none are refused', (t) => {
  assert.throws(() => resolveSettings({ accessKey: 'x' }, {}, '/nowhere'), /belong together/);
  assert.throws(() => resolveSettings({ url: 'localhost:8080' }, {}, '/nowhere'), /is not a URL/);
  const dir = installation(t);
  writeFileSync(join(dir, 'demo.json'), '{');
  assert.throws(() => resolveSettings({ data: dir }, {}, '/'), /demo.json is damaged/);
});

test('an installation without the demo is found where it listens, and its token goes nowhere else', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-cli-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'admin-token'), 'secret-token\nold-token\n');
  const of = (environment: Record<string, string>) => {
    const { baseUrl, adminToken } = resolveSettings({ data: dir }, environment, '/');
    return [baseUrl, adminToken];
  };
  assert.deepEqual(of({}), ['http://127.0.0.1:8080', undefined], 'it was never started');
  writeFileSync(join(dir, 'control-endpoints.json'), JSON.stringify({ urls: ['http://127.0.0.1:8191'] }));
  assert.deepEqual(of({}), ['http://127.0.0.1:8191', 'secret-token']);
  assert.deepEqual(of({ PENSTOCK_URL: 'http://127.0.0.1:8080' }), ['http://127.0.0.1:8080', undefined]);
});

test('secrets are read from files', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-cli-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'secret'), 'from-a-file\n');
  const environment = { PENSTOCK_ADMIN_TOKEN_FILE: 'secret' };
  assert.equal(resolveSettings({}, environment, dir).adminToken, 'from-a-file');
  assert.throws(
    () => resolveSettings({}, { PENSTOCK_ADMIN_TOKEN_FILE: 'none' }, dir),
    /ADMIN_TOKEN_FILE cannot be read/,
  );
});
