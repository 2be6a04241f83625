import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNestedDeeper } from './nesting.ts';

test('depth is that of lists and objects, whatever stands in texts', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}"${'['.repeat(20)}\\"[\\\\"${']'.repeat(depth)}`;
  assert.equal(isNestedDeeper(nested(5), 5), false);
  assert.equal(isNestedDeeper(nested(6), 5), true);
  assert.equal(isNestedDeeper(`[${Array(100).fill('{"a":[1]}').join()}]`, 3), false);
  assert.equal(isNestedDeeper(`[${Array(100).fill('{"a":[{}]}').join()}]`, 3), true);
  assert.equal(isNestedDeeper('["unclosed', 3), false);
});
