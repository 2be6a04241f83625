import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { operators, shownCases } from '../generated/operators.ts';
import { renderReference } from './render-reference.ts';

const folder = new URL('../../../../docs/generated/operators/', import.meta.url);

test('the reference is what the definitions say (npm run gen)', () => {
  const pages = renderReference(operators, shownCases);
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort());
  for (const [name, text] of pages)
    assert.ok(readFileSync(new URL(name, folder), 'utf8') === text, `docs/generated/operators/${name} is stale`);
});

test('every operator has its page, linked from the index', () => {
  const index = renderReference(operators, shownCases).get('README.md') ?? '';
  for (const { id, label } of operators) assert.ok(index.includes(`[${label}](${id}.md)`), id);
});
