import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareDatabase } from '@penstock/testkit/database';
import { openStore } from '../store/open-store.ts';
import { openAdminTokens } from './admin-token.ts';
import { claimDatabase, createSeal, loadSealKey } from './seal.ts';

const folder = (t: { after(f: () => void): void }): string => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-seal-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
};

test('what was sealed is opened by the same key for the same purpose only', () => {
  const seal = createSeal(Buffer.alloc(32, 1));
  const sealed = seal.seal('secret-key:a', 'geheim ü');
  assert.equal(seal.unseal('secret-key:a', sealed), 'geheim ü');
  assert.notEqual(seal.seal('secret-key:a', 'geheim ü'), sealed);
  assert.ok(!sealed.includes('geheim'));
  assert.throws(() => seal.unseal('secret-key:b', sealed), { code: 'SEAL_BROKEN' });
  assert.throws(() => createSeal(Buffer.alloc(32, 2)).unseal('secret-key:a', sealed), { code: 'SEAL_BROKEN' });
  assert.throws(() => seal.unseal('secret-key:a', `${sealed.slice(0, -2)}AA`), { code: 'SEAL_BROKEN' });
  assert.throws(() => seal.unseal('secret-key:a', 'v1.'), { code: 'SEAL_BROKEN' });
});

const quiet = { clock: { now: () => 0 }, onTrouble: () => undefined };

test('keys are made on first use, kept, and readable by their owner alone', (t) => {
  const dataDir = folder(t);
  const key = loadSealKey({ dataDir });
  assert.equal(key.length, 32);
  assert.deepEqual(loadSealKey({ dataDir }), key);
  assert.equal(statSync(join(dataDir, 'seal-key')).mode & 0o777, 0o600);
  const [token = ''] = openAdminTokens({ dataDir }, quiet)();
  assert.deepEqual(openAdminTokens({ dataDir }, quiet)(), [token]);
  assert.equal(readFileSync(join(dataDir, 'admin-token'), 'utf8').trim(), token);
  assert.equal(statSync(join(dataDir, 'admin-token')).mode & 0o777, 0o600);
});

test('keys of the environment are checked', () => {
  const dataDir = '/nonexistent';
  assert.deepEqual(loadSealKey({ sealKey: 'ab'.repeat(32), dataDir }), Buffer.alloc(32, 0xab));
  assert.deepEqual(loadSealKey({ sealKey: Buffer.alloc(32, 5).toString('base64'), dataDir }), Buffer.alloc(32, 5));
  assert.throws(() => loadSealKey({ sealKey: 'short', dataDir }), /PENSTOCK_SEAL_KEY/);
  assert.throws(() => openAdminTokens({ adminToken: 'short', dataDir }, quiet), /PENSTOCK_ADMIN_TOKEN/);
});

test('a database is bound to the key that sealed its secrets', async (t) => {
  const dataDir = folder(t);
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  await claimDatabase(store.db, Buffer.alloc(32, 1));
  await claimDatabase(store.db, Buffer.alloc(32, 1));
  await assert.rejects(claimDatabase(store.db, Buffer.alloc(32, 2)), { code: 'SEAL_KEY_WRONG' });
  await store.close();
});

test('an administrator is given a new token without a restart, and the old one is good while it stands beside it', (t) => {
  const dataDir = folder(t);
  let now = 0;
  const troubles: unknown[] = [];
  const options = { clock: { now: () => now }, onTrouble: (error: unknown) => troubles.push(error) };
  const tokens = openAdminTokens({ dataDir }, options);
  const [old = ''] = tokens();
  const write = (text: string) => {
    writeFileSync(join(dataDir, 'admin-token'), text);
    now += 5000;
  };
  write(`the-next-admin-token\n${old}\n`);
  assert.deepEqual(tokens(), ['the-next-admin-token', old]);
  write('the-next-admin-token\n\n');
  assert.deepEqual(tokens(), ['the-next-admin-token']);
  write('short');
  assert.deepEqual([tokens(), troubles.length], [['the-next-admin-token'], 1], 'a mistake leaves it as it was');
});
