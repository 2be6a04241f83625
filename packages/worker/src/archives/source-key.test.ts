import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sourceKey } from './source-key.ts';

/** A workspace of three packages of which the worker uses two. */
const workspaceOf = async (t: TestContext): Promise<(file: string, text: string) => Promise<string>> => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-key-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
    await utimes(join(folder, file), 1, 1);
  };
  await write('package-lock.json', '{}');
  for (const [name, dependencies] of Object.entries({
    worker: { '@penstock/engine': '1', other: '1' },
    engine: {},
    server: {},
  })) {
    await write(`packages/${name}/package.json`, JSON.stringify({ dependencies }));
    await write(`packages/${name}/src/deep/file.ts`, name);
  }
  return async (file, text) => {
    await write(file, text);
    return sourceKey(folder);
  };
};

test('the key is that of the content, whatever the times of the files', async (t) => {
  const keyWith = await workspaceOf(t);
  const key = await keyWith('packages/engine/src/index.ts', 'a');
  assert.match(key, /^[0-9a-f]{16}$/);
  assert.notEqual(await keyWith('packages/engine/src/index.ts', 'b'), key);
  assert.equal(await keyWith('packages/engine/src/index.ts', 'a'), key);
});

for (const file of [
  'package-lock.json',
  'packages/worker/package.json',
  'packages/worker/src/deep/file.ts',
  'packages/engine/src/deep/file.ts',
  'packages/engine/src/new.ts',
])
  test(`the key changes with ${file}`, async (t) => {
    const keyWith = await workspaceOf(t);
    assert.notEqual(await keyWith(file, '{ "dependencies": {} } '), await keyWith(file, '{ "dependencies": {}  }'));
  });

for (const file of ['packages/worker/src/deep/file.test.ts', 'packages/server/src/deep/file.ts', 'README.md'])
  test(`the key does not change with ${file}`, async (t) => {
    const keyWith = await workspaceOf(t);
    assert.equal(await keyWith(file, 'one'), await keyWith(file, 'other'));
  });
