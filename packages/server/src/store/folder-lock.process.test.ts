import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppError } from '@penstock/model';
import { lockFolder } from './folder-lock.ts';

const HOLDER = join(import.meta.dirname, 'testing', 'lock-holder.ts');
const UNSHARE = ['--fork', '--pid', '--mount-proc', '--kill-child'];
/** Needs rights over namespaces; a system that grants none cannot run two services in two of them either. */
const canUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;

const lockPath = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-lock-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'database.lock');
};

/** Another process that tries for the lock; its first word. */
const tryFor = async (
  t: TestContext,
  path: string,
  prefix: readonly string[] = [],
): Promise<[string, ChildProcess]> => {
  const [command = '', ...args] = [...prefix, process.execPath, HOLDER, path];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [word] = await once(child.stdout, 'data');
  return [String(word).trim(), child];
};

const isRefused = (error: unknown): boolean => error instanceof AppError && error.code === 'STORE_FOLDER_IN_USE';

test('a folder is one process’s, and free again however that process ends', async (t) => {
  const path = lockPath(t);
  const [word, holder] = await tryFor(t, path);
  assert.equal(word, 'held');
  assert.throws(() => lockFolder(path), isRefused);
  assert.throws(() => lockFolder(path), { message: new RegExp(`process ${holder.pid} `) });
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  lockFolder(path)();
});

test('the same process does not get it twice', (t) => {
  const path = lockPath(t);
  const release = lockFolder(path);
  assert.throws(() => lockFolder(path), isRefused);
  release();
  lockFolder(path)();
});

test('an owner in another PID namespace, whose process cannot be seen, keeps the folder', {
  skip: canUnshare ? false : 'this system does not let a test make a PID namespace',
}, async (t) => {
  const path = lockPath(t);
  const [first] = await tryFor(t, path, ['unshare', ...UNSHARE]);
  assert.equal(first, 'held');
  assert.throws(() => lockFolder(path), isRefused);
  const [second] = await tryFor(t, path, ['unshare', ...UNSHARE]);
  assert.equal(second, 'STORE_FOLDER_IN_USE');
});

test('a service of the first edition, which only wrote its process id, keeps the folder', (t) => {
  const path = lockPath(t);
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  writeFileSync(path, JSON.stringify({ pid: process.pid, started }));
  assert.throws(() => lockFolder(path), isRefused);
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: '1' }));
  lockFolder(path)();
});
