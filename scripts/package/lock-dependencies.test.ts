import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lockedDependencies } from './lock-dependencies.ts';
import { NotPackable } from './not-packable.ts';
import { PACKAGES } from './shipped-packages.ts';

const LOCK = {
  'packages/a': { dependencies: { '@penstock/b': '1.0.0', one: '1.0.0' } },
  'packages/b': { dependencies: { nested: '2.0.0' } },
  'packages/b/node_modules/nested': { version: '2.0.0', dependencies: { one: '^1.0.0' } },
  'node_modules/one': {
    version: '1.0.0',
    dependencies: { two: '^2.0.0' },
    optionalDependencies: { 'one-linux': '1.0.0', 'one-windows': '1.0.0' },
    peerDependencies: { types: '*', peer: '^3.0.0' },
    peerDependenciesMeta: { types: { optional: true } },
  },
  'node_modules/one-linux': { version: '1.0.0', optional: true },
  'node_modules/two': { version: '2.3.4', dependencies: { one: '^0.9.0' } },
  'node_modules/two/node_modules/one': { version: '0.9.1', dependencies: { deep: '*' } },
  'node_modules/deep': { version: '5.0.0' },
  'node_modules/peer': { version: '3.1.0' },
  'node_modules/types': { version: '9.0.0' },
  'node_modules/unused': { version: '1.0.0' },
};

test('everything that is needed, directly or not, is named by the version that is locked', () => {
  assert.deepEqual(Object.fromEntries(lockedDependencies(LOCK, ['packages/a', 'packages/b'])), {
    deep: '5.0.0',
    nested: '2.0.0',
    one: '1.0.0',
    peer: '3.1.0',
    two: '2.3.4',
  });
});

test('a lock file that lacks something, or holds two versions for us, is refused', () => {
  const { 'node_modules/two': _, ...lacking } = LOCK;
  assert.throws(() => lockedDependencies(lacking, ['packages/a']), NotPackable);
  const two = {
    ...LOCK,
    'node_modules/nested': { version: '1.0.0' },
    'packages/c': { dependencies: { nested: '1.0.0' } },
  };
  assert.throws(
    () => lockedDependencies(two, ['packages/b', 'packages/c']),
    /nested is locked as 2\.0\.0 and as 1\.0\.0/,
  );
});

test('whatever a shipped package needs of the project is shipped', () => {
  for (const name of PACKAGES) {
    const file = new URL(`../../packages/${name}/package.json`, import.meta.url);
    const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
    for (const needed of Object.keys(dependencies).filter((one) => one.startsWith('@penstock/')))
      assert.ok((PACKAGES as readonly string[]).includes(needed.slice('@penstock/'.length)), `${name} needs ${needed}`);
  }
});
