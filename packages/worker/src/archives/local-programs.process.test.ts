import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { localPrograms } from './local-programs.ts';

const newFolder = (t: { after(cleanup: () => void): void }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-programs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
};

test('programs are bundled once, found again, and run; of older bundles those launched last stay', async (t) => {
  const folder = newFolder(t);
  const steps: string[] = [];
  const ask = () => localPrograms({ folder, onProgress: (step) => steps.push(step) });
  for (let day = 1; day <= 12; day++) {
    const old = join(folder, `programs-${day}`);
    mkdirSync(old);
    utimesSync(old, day, day);
  }
  const abandoned = join(folder, 'programs-x.tmp');
  mkdirSync(abandoned);
  utimesSync(abandoned, 1, 1);
  const [one, two] = await Promise.all([ask(), ask()]);
  assert.deepEqual(two, one);
  assert.equal(steps.length, 1);
  const bundle = dirname(one.main);
  assert.deepEqual(
    readdirSync(folder).sort(),
    [bundle.slice(folder.length + 1), ...[4, 5, 6, 7, 8, 9, 10, 11, 12].map((day) => `programs-${day}`)].sort(),
  );

  utimesSync(bundle, 1, 1);
  assert.deepEqual(await ask(), one);
  assert.equal(steps.length, 1);
  assert.ok(statSync(bundle).mtimeMs > 1000, 'what is launched is not old');

  const ended = spawnSync(process.execPath, ['--no-node-snapshot', one.main, '/nowhere/run.json'], {
    encoding: 'utf8',
  });
  assert.match(ended.stderr + ended.stdout, /\/nowhere\/run\.json/, 'the worker says that its order is not there');
  const preview = spawnSync(process.execPath, ['--no-node-snapshot', one.preview], { input: '', encoding: 'utf8' });
  assert.doesNotMatch(preview.stderr, /ERR_MODULE_NOT_FOUND/);
});

test('a folder that cannot be written to is an error, and nothing is left behind', async (t) => {
  const folder = newFolder(t);
  writeFileSync(join(folder, 'file'), '');
  await assert.rejects(localPrograms({ folder: join(folder, 'file') }), { code: /^(ENOTDIR|EEXIST)$/ });
  assert.ok(existsSync(join(folder, 'file')));
});
