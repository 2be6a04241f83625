import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));

test('the generated types are those of the OpenAPI document', () => {
  const { scripts } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { scripts: { gen: string } };
  // What `npm run gen` does, with the result on standard output.
  const args = scripts.gen.split(' ').slice(1);
  args.splice(args.indexOf('--output'), 2);
  const cli = join(dirname(fileURLToPath(import.meta.resolve('openapi-typescript'))), '..', 'bin', 'cli.js');
  const generated = spawnSync(process.execPath, [cli, ...args], { cwd: PACKAGE, encoding: 'utf8' });
  assert.equal(generated.status, 0, generated.stderr);
  assert.equal(
    generated.stdout.trim(),
    readFileSync(join(PACKAGE, 'src', 'generated', 'api.ts'), 'utf8').trim(),
    'run "npm run gen -w @penstock/client" and commit the result',
  );
});
