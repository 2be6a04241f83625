import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Staging } from './staging.ts';
import { localFiles, type StagingFiles } from './staging-files.ts';

const fixture = (t: TestContext) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-staging-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'made.tar.gz');
  writeFileSync(file, 'x'.repeat(100_000), { mode: 0o600 });
  const staging = join(dir, 'staging');
  const uri = `file://${staging}`;
  return { file, staging, uri, create: (files = localFiles) => new Staging(uri, files, 'here') };
};

test('an archive is uploaded once, for everybody to read, however many ask', async (t) => {
  const { file, staging, uri, create } = fixture(t);
  const expected = `${uri}/archives/node-abc.tar.gz`;
  const uris = await Promise.all(
    [create(), create(), create()].flatMap((instance) => [
      instance.archive('node', { file, hash: 'abc' }),
      instance.archive('node', { file, hash: 'abc' }),
    ]),
  );
  assert.deepEqual(new Set(uris), new Set([expected]));
  const path = join(staging, 'archives', 'node-abc.tar.gz');
  assert.deepEqual(readdirSync(join(staging, 'archives')), ['node-abc.tar.gz']);
  assert.equal(statSync(path).mode & 0o777, 0o644);
  assert.equal(statSync(path).size, 100_000);
});

test('what is there keeps its time: submitted applications count on it', async (t) => {
  const { file, staging, create } = fixture(t);
  await create().archive('node', { file, hash: 'abc' });
  const path = join(staging, 'archives', 'node-abc.tar.gz');
  const { ino, mtimeMs } = statSync(path);
  await create().archive('node', { file, hash: 'abc' });
  assert.deepEqual([statSync(path).ino, statSync(path).mtimeMs], [ino, mtimeMs]);
});

test('an upload that failed is tried again by the next who asks', async (t) => {
  const { file, create } = fixture(t);
  let failures = 1;
  const flaky: StagingFiles = {
    ...localFiles,
    put: async (from, to) => {
      if (failures-- > 0) throw new Error('no space left');
      await localFiles.put(from, to);
    },
  };
  const staging = create(flaky);
  await assert.rejects(staging.archive('node', { file, hash: 'abc' }), /no space left/);
  assert.match(await staging.archive('node', { file, hash: 'abc' }), /node-abc/);
});

test('after a failed submission it is looked again, and what was cleared is there again', async (t) => {
  const { file, staging, create } = fixture(t);
  const instance = create();
  await instance.archive('node', { file, hash: 'abc' });
  rmSync(join(staging, 'archives'), { recursive: true });
  instance.doubt();
  await instance.archive('node', { file, hash: 'abc' });
  assert.deepEqual(readdirSync(join(staging, 'archives')), ['node-abc.tar.gz']);
});

test('instances put themselves before those known, once, and not without end', async (t) => {
  const { staging, create } = fixture(t);
  for (const port of [1, 2, 1, 3, 4, 5, 6]) await create().announce(`http://h:${port}`);
  const file = join(staging, 'control', 'here.json');
  const known = (): unknown => JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(known(), { urls: [6, 5, 4, 3, 2].map((port) => `http://h:${port}`) });
  assert.deepEqual(readdirSync(join(staging, 'control')), ['here.json']);
  writeFileSync(file, '{"urls": [');
  await create().announce('http://h:7');
  assert.deepEqual(known(), { urls: ['http://h:7'] });
});

test('what Spark left of ended applications goes, nothing else', async (t) => {
  const { file, uri, staging, create } = fixture(t);
  for (const id of ['application_1_0001', 'application_1_0002'])
    await localFiles.put(file, `${uri}/me/.sparkStaging/${id}/run.json`);
  await create().removeApplications([
    { id: 'application_1_0001', user: 'me' },
    { id: 'application_1_0009', user: 'me' },
  ]);
  assert.deepEqual(readdirSync(join(staging, 'me', '.sparkStaging')), ['application_1_0002']);
});
