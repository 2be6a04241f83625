import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ArchiveCache } from './archive-cache.ts';

const KEY = 'a'.repeat(16);
const HASH = 'b'.repeat(16);
const DAY_S = 24 * 60 * 60;

const folderOf = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-cache-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};
const writing =
  (text: string) =>
  async (file: string): Promise<string> => {
    await writeFile(file, text, { flag: 'wx' });
    return HASH;
  };

test('an archive is found again by its name and key only', async (t) => {
  const folder = join(await folderOf(t), 'made', 'on', 'demand');
  const cache = new ArchiveCache(folder);
  assert.equal(await cache.find('engine', KEY), undefined);
  const added = await cache.add('engine', KEY, writing('text'));
  assert.deepEqual(added, { file: join(folder, `engine-${KEY}-${HASH}.tar.gz`), hash: HASH });
  assert.equal(await readFile(added.file, 'utf8'), 'text');
  assert.deepEqual(await new ArchiveCache(folder).find('engine', KEY), added);
  assert.equal(await cache.find('node', KEY), undefined);
  assert.equal(await cache.find('engine', HASH), undefined);
});

test('an archive that could not be finished is not there, nor anything of it', async (t) => {
  const folder = await folderOf(t);
  const cache = new ArchiveCache(folder);
  const failing = async (file: string): Promise<string> => {
    await writeFile(file, 'half');
    assert.equal(await cache.find('engine', KEY), undefined);
    throw new Error('disk full');
  };
  await assert.rejects(cache.add('engine', KEY, failing), /disk full/);
  assert.deepEqual(await readdir(folder), []);
});

test('several may make the same archive at once', async (t) => {
  const folder = await folderOf(t);
  const caches = Array.from({ length: 8 }, () => new ArchiveCache(folder));
  const added = await Promise.all(caches.map((cache) => cache.add('engine', KEY, writing('text'))));
  assert.equal(new Set(added.map(({ file }) => file)).size, 1);
  assert.deepEqual(await readdir(folder), [`engine-${KEY}-${HASH}.tar.gz`]);
});

test('what was not used for a month and what was left unfinished goes; other files stay', async (t) => {
  const folder = await folderOf(t);
  const cache = new ArchiveCache(folder);
  const made = async (name: string, ageDays: number): Promise<void> => {
    await writeFile(join(folder, name), '');
    const time = Date.now() / 1000 - ageDays * DAY_S;
    await utimes(join(folder, name), time, time);
  };
  const archive = (digit: string): string => `engine-${digit.repeat(16)}-${HASH}.tar.gz`;
  const unfinished = (digit: string): string => `node-${KEY}-${digit.repeat(8)}-1111-4111-8111-111111111111.tmp`;
  await made(archive('1'), 31);
  await made(archive('2'), 29);
  await made(archive('3'), 31);
  await made(unfinished('1'), 2);
  await made(unfinished('2'), 0.5);
  await made('notes.txt', 1000);
  await cache.find('engine', '3'.repeat(16));
  await cache.add('engine', KEY, writing('text'));
  assert.deepEqual(
    (await readdir(folder)).sort(),
    [archive('2'), archive('3'), archive('a'), unfinished('2'), 'notes.txt'].sort(),
  );
});
