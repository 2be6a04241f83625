import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bundlePrograms } from './bundle-programs.ts';

const sourcesOf = async (t: TestContext, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bundle-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
};

test('programs share what they have in common, find each other, and may use CommonJS packages', async (t) => {
  const folder = await sourcesOf(t, {
    'deep/main.ts': `
      import { Worker } from 'node:worker_threads';
      import { extname } from 'node:path';
      import { name } from '../shared.ts';
      type Unused = string;
      new Worker(new URL(\`./thread\${extname(import.meta.url)}\`, import.meta.url)).on('message', (message) =>
        process.stdout.write(\`\${name} \${message}\`));`,
    'deep/thread.ts': `
      import { parentPort } from 'node:worker_threads';
      import { name } from '../shared.ts';
      import old from 'old';
      parentPort?.postMessage(\`\${name} \${old(['a', 'b'])}\`);`,
    'shared.ts': `export const name: string = 'shared';`,
    'node_modules/old/package.json': '{ "name": "old" }',
    'node_modules/old/index.js': `module.exports = (parts) => require('path').posix.join(...parts);`,
  });
  const programs = { main: join(folder, 'deep/main.ts'), thread: join(folder, 'deep/thread.ts') };
  const bundle = await bundlePrograms(programs, []);
  const out = await sourcesOf(t, { 'package.json': '{ "type": "module" }' });
  const withShared: string[] = [];
  for (const { target, source } of bundle) {
    assert.ok(typeof source === 'object');
    await writeFile(join(out, target), source.content);
    if (Buffer.from(source.content).includes('"shared"')) withShared.push(target.replace(/-[A-Z0-9]+/, '-#'));
  }
  assert.equal(execFileSync(process.execPath, [join(out, 'main.js')], { encoding: 'utf8' }), 'shared shared a/b');
  const names = bundle.map(({ target }) => target.replace(/-[A-Z0-9]+/, '-#'));
  assert.deepEqual(names.sort(), ['chunk-#.js', 'main.js', 'thread.js']);
  assert.deepEqual(withShared, ['chunk-#.js']);
  assert.deepEqual(await bundlePrograms(programs, []), bundle);
});

test('a file that is read from beside a source is refused', async (t) => {
  const folder = await sourcesOf(t, {
    'main.ts': `import 'reader';`,
    'node_modules/reader/package.json': '{ "type": "module", "main": "index.js" }',
    'node_modules/reader/index.js': `import { readFileSync } from 'node:fs';
      export const wasm = readFileSync(new URL('../native.wasm', import.meta.url));`,
  });
  await assert.rejects(
    bundlePrograms({ main: join(folder, 'main.ts') }, []),
    /reader\/index\.js asks for "\.\.\/native\.wasm" beside it/,
  );
});

test('a native package that nobody knows of is refused', async (t) => {
  const folder = await sourcesOf(t, {
    'main.ts': `import 'native';`,
    'node_modules/native/index.js': `module.exports = require('node-gyp-build')(__dirname);`,
  });
  const programs = { main: join(folder, 'main.ts') };
  await assert.rejects(bundlePrograms(programs, []), /native\/index\.js loads a native binary/);
  assert.equal((await bundlePrograms(programs, ['native'])).length, 1);
});
