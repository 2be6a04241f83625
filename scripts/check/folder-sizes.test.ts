import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folderProblems } from './folder-sizes.ts';

const tree = (t: TestContext, readmes: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'penstock-folders-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(readmes)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
};
const sources = (folder: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${folder}/part-${i}.ts`);
const reason = (folder: string): string =>
  `# It\n\n## Folders of more than a dozen files\n\n| folder | why |\n| --- | --- |\n| \`${folder}\` | one for each noun |\n\n## Else\n`;

test('a folder of more than a dozen source files has to say why; tests and generated files are not counted', (t) => {
  const root = tree(t, {});
  const also = ['p/src/a.test.ts', 'p/src/generated/b.ts', 'p/src/README.md'];
  assert.deepEqual(folderProblems(root, [...sources('p/src', 12), ...also]), []);
  assert.match(folderProblems(root, sources('p/src', 13)).join(), /^p\/src holds 13 source files/);
});

test('the reason stands in the nearest README, under its heading, and names the folder', (t) => {
  const files = [...sources('p/src/x', 13), 'p/README.md'];
  assert.deepEqual(folderProblems(tree(t, { 'p/README.md': reason('src/x') }), files), []);
  assert.equal(folderProblems(tree(t, { 'p/README.md': '# It\n\n| `src/x` | here |\n' }), files).length, 1);
  const nearer = tree(t, { 'p/README.md': reason('src/x'), 'p/src/README.md': '# Nothing of it\n' });
  assert.equal(folderProblems(nearer, [...files, 'p/src/README.md']).length, 1);
});

test('a reason nobody needs any more is told', (t) => {
  const root = tree(t, { 'p/README.md': reason('src/x') });
  assert.match(
    folderProblems(root, [...sources('p/src/x', 12), 'p/README.md']).join(),
    /gives a reason for p\/src\/x, which holds 12/,
  );
});
