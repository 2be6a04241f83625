import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { prepareDatabase } from '@penstock/testkit/database';
import { openStore } from '../store/open-store.ts';
import { Site } from './site.ts';
import { storageIdentity } from './storage-identity.ts';

const folder = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'penstock-site-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** Opens the database of a folder, and tells whether it is at home there. */
const isAtHome = async (dataDir: string, name: string | null = null, adopt = false): Promise<boolean> => {
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  try {
    const site = await Site.of(store.db, { name, storage: await storageIdentity(store, dataDir) });
    if (adopt) await site.adopt('admin', 1);
    if (!site.isOwn) assert.throws(site.assertOwn, { code: 'SITE_NOT_ADOPTED' });
    return site.isOwn;
  } finally {
    await store.close();
  }
};

test('a database is at home where it was made; a copy of its folder is not, until it is adopted', async (t) => {
  const original = folder(t);
  assert.equal(await isAtHome(original), true);
  assert.equal(await isAtHome(original), true);
  const copy = join(folder(t), 'copy');
  cpSync(original, copy, { recursive: true, preserveTimestamps: true });
  assert.equal(await isAtHome(copy), false);
  assert.equal(await isAtHome(copy, null, true), true);
  assert.equal(await isAtHome(copy), true);
  assert.equal(await isAtHome(original), true);
});

test('a site that is called otherwise is another one, also on the very same disk', async (t) => {
  const dataDir = folder(t);
  assert.equal(await isAtHome(dataDir, 'production'), true);
  assert.equal(await isAtHome(dataDir, 'staging'), false);
});
