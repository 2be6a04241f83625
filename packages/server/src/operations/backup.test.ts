import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadSettings } from '../settings/settings.ts';
import { backUp, restore } from './backup.ts';

/** What a data folder holds in the middle of a change of the seal key, beside what is no matter of a backup. */
const FILES = { 'database/PG_VERSION': '17\n', 'seal-key': 'new\n', 'seal-key.old': 'old\n', 'admin-token': 'token\n' };

const folders = (t: TestContext) => {
  const root = mkdtempSync(join(tmpdir(), 'penstock-backup-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const settings = (name: string) => loadSettings({ PENSTOCK_DATA: join(root, name) }, root);
  mkdirSync(join(root, 'data', 'database', 'empty'), { recursive: true });
  mkdirSync(join(root, 'data', 'runs'), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(root, 'data', name), text);
  writeFileSync(join(root, 'data', 'runs', 'worker.log'), 'no matter of a backup');
  return { root, settings, file: join(root, 'backup.penstock') };
};

test('a backup holds the database and every key, also the one before the present, and is put back whole', async (t) => {
  const { root, settings, file } = folders(t);
  await backUp(settings('data'), file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await restore(settings('again'), file);
  for (const [name, text] of Object.entries(FILES)) assert.equal(readFileSync(join(root, 'again', name), 'utf8'), text);
  assert.deepEqual(readdirSync(join(root, 'again')).sort(), ['admin-token', 'database', 'seal-key', 'seal-key.old']);
  assert.ok(statSync(join(root, 'again', 'database', 'empty')).isDirectory(), 'folders the database wants, too');
});

test('nothing is overwritten: neither a backup nor a data folder in use', async (t) => {
  const { root, settings, file } = folders(t);
  await backUp(settings('data'), file);
  await assert.rejects(backUp(settings('data'), file), { code: 'BACKUP_EXISTS' });
  await assert.rejects(restore(settings('data'), file), { code: 'RESTORE_NOT_EMPTY' });
  for (const name of Object.keys(FILES).filter((each) => !each.includes('/'))) {
    const folder = join(root, `has-${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, name), 'mine');
    await assert.rejects(restore(settings(`has-${name}`), file), { code: 'RESTORE_NOT_EMPTY' });
  }
});

test('a file that is none of ours, or not whole, is refused and leaves nothing behind', async (t) => {
  const { root, settings, file } = folders(t);
  await backUp(settings('data'), file);
  const whole = readFileSync(file);
  for (const broken of [whole.subarray(0, -1), Buffer.from('something else'), Buffer.alloc(0)]) {
    writeFileSync(file, broken);
    await assert.rejects(restore(settings('again'), file), { code: 'BACKUP_BROKEN' });
  }
  assert.deepEqual(readdirSync(root).sort(), ['backup.penstock', 'data']);
});
