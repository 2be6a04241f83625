import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compileModule, exportedFiles } from './compile-package.ts';
import { NotPackable } from './not-packable.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const exported = exportedFiles(ROOT);
const compile = (...lines: string[]): string =>
  compileModule('packages/server/src/store/x.ts', lines.join('\n'), exported);

test('a module loses its types and imports JavaScript by relative paths, at the same lines', () => {
  const code = compile(
    "import { type A, b } from '@penstock/model';",
    "import type { C } from '@penstock/modes';",
    "export { d } from '../d.ts';",
    "import { readFileSync } from 'node:fs';",
    "export const e = async (): Promise<C> => (await import('@penstock/worker/archives')).e;",
    '/** `node main.ts` */',
    'export const f: A = b as A;',
  ).split('\n');
  const plain = code.map((line) => line.replaceAll(/ +/g, ' ').trim());
  assert.match(plain[0] ?? '', /^import \{ b \} from '\.\.\/\.\.\/\.\.\/model\/src\/index\.js';$/);
  assert.equal(plain[1], '');
  assert.equal(plain[2], "export { d } from '../d.js';");
  assert.equal(plain[3], "import { readFileSync } from 'node:fs';");
  assert.match(plain[4] ?? '', /import\('\.\.\/\.\.\/\.\.\/worker\/src\/archives\/build-archives\.js'\)/);
  assert.equal(plain[5], '/** `node main.ts` */');
  assert.equal(plain[6], 'export const f = b ;');
});

for (const [what, line] of [
  ['a program beside it by its TypeScript name', "new Worker(new URL('./thread-main.ts', import.meta.url));"],
  ['a package that is not shipped', "import { until } from '@penstock/testkit';"],
  ['what a package does not export', "import { x } from '@penstock/model/inside';"],
] as const)
  test(`a module that asks for ${what} is refused`, () => {
    assert.throws(() => compile(line), NotPackable);
  });
