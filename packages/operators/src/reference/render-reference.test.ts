import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { operators } from '../registry.ts';
import { renderReference } from './render-reference.ts';

test('docs/generated/operators.md is what the definitions say (node scripts/generate-operators-doc.ts)', () => {
  const file = new URL('../../../../docs/generated/operators.md', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), renderReference(operators));
});
