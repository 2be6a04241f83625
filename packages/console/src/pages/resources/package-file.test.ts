import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotAPackage, packageOf, quoteAt } from './package-file.ts';

test('a file that holds no object is no package', () => {
  assert.deepEqual(packageOf('{"name":"a"}'), { name: 'a' });
  for (const text of ['', '{', '[1]', 'null', '7']) assert.throws(() => packageOf(text), NotAPackage, text);
});

test('a finding quotes what stands at its place, and a dash where nothing does', () => {
  const held = { operators: [{ 'a/b': 1, '~': 'x' }], code: 'c'.repeat(200) };
  assert.equal(quoteAt(held, '/operators/0/a~1b'), '1');
  assert.equal(quoteAt(held, '/operators/0/~0'), '"x"');
  assert.equal(quoteAt(held, '/operators/1'), '–');
  assert.equal(quoteAt(held, '/operators/length'), '–');
  assert.equal(quoteAt(held, '/code').length, 80);
});
