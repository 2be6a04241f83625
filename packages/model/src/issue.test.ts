import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointer } from './issue.ts';

test('a JSON Pointer escapes what RFC 6901 says', () => {
  assert.equal(pointer('stages', 0, 'a/b~c'), '/stages/0/a~1b~0c');
  assert.equal(pointer(), '');
});
