import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentOf, stepResource } from './resource-step.ts';

test('people are told once from the threshold on, and once when there is enough again', () => {
  const at = (used: number) => ({ granted: 1000, used });
  assert.equal(stepResource(false, at(799), 80), undefined);
  assert.equal(stepResource(false, at(800), 80), 'raised');
  assert.equal(stepResource(true, at(2000), 80), undefined);
  assert.equal(stepResource(true, at(799), 80), 'recovered');
  assert.equal(stepResource(false, at(999), 100), undefined);
  assert.equal(stepResource(false, at(1000), 100), 'raised');
});

test('what was not granted cannot run out, and a grant of nothing is used up by anything', () => {
  assert.equal(percentOf({ granted: undefined, used: 500 }), undefined);
  assert.equal(stepResource(true, { granted: undefined, used: 500 }, 80), 'recovered');
  assert.equal(stepResource(false, { granted: 0, used: 0 }, 80), undefined);
  assert.equal(stepResource(false, { granted: 0, used: 1 }, 80), 'raised');
  assert.equal(percentOf({ granted: 500, used: 2000 }), 400);
});
