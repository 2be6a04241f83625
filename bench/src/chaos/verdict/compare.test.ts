import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Comparison, isFlawless } from './compare.ts';

const record = (id: number, key = 'k', content = `content ${id}`) => ({ key, id: String(id), content });

const compare = (expected: readonly number[], seen: readonly ReturnType<typeof record>[]) => {
  const comparison = new Comparison('test');
  for (const id of expected) comparison.expect(record(id));
  for (const actual of seen) comparison.see(actual, 'somewhere');
  const { lost, duplicated, wrong, outOfOrder } = comparison.judge();
  return { lost, duplicated, wrong, outOfOrder };
};

const flawless = { lost: 0, duplicated: 0, wrong: 0, outOfOrder: 0 };

test('the expected records in order are flawless', () => {
  assert.deepEqual(compare([1, 2, 3], [record(1), record(2), record(3)]), flawless);
});

test('each kind of fault is counted as what it is', () => {
  assert.deepEqual(compare([1, 2, 3], [record(1), record(3)]), { ...flawless, lost: 1 });
  assert.deepEqual(compare([1, 2], [record(1), record(2), record(1)]), { ...flawless, duplicated: 1 });
  assert.deepEqual(compare([1, 2], [record(1, 'k', 'other'), record(2)]), { ...flawless, wrong: 1 });
  assert.deepEqual(compare([1], [record(1), record(9)]), { ...flawless, wrong: 1 });
  assert.deepEqual(compare([1, 2, 3], [record(2), record(1), record(3)]), { ...flawless, outOfOrder: 1 });
});

test('a verdict with any fault is not flawless', () => {
  const comparison = new Comparison('test');
  comparison.expect(record(1));
  const verdict = comparison.judge();
  assert.equal(isFlawless(verdict), false);
  assert.deepEqual(verdict.examples, ['test: record 1 of k is missing']);
});
