import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordDifferences } from './compare-records.ts';
import { junitOf } from './junit.ts';
import { stepsOf } from './read-steps.ts';

test('records differ field by field, and what is missing or too much is shown whole', () => {
  assert.deepEqual(recordDifferences([{ a: 1, b: [1] }], [{ a: 1, b: [1] }]), []);
  assert.deepEqual(
    recordDifferences([{ a: 1, b: { c: [1, 2] }, d: 0 }], [{ a: 1, b: { c: [1, 3] }, e: 5 }, { x: 1 }]),
    [
      'record 1 /b/c/1: expected 2, but got 3',
      'record 1 /d: expected 0, but there is none',
      'record 1 /e: not expected, but there is 5',
      'record 2 is not expected: {"x":1}',
    ],
  );
  assert.deepEqual(recordDifferences([{ a: 1 }], []), ['record 1 is missing: {"a":1}']);
  const many = Array.from({ length: 100 }, (_, index) => index);
  assert.equal(recordDifferences(many, []).at(-1), 'and 80 more differences');
});

test('times are Unix ms or say their offset, and the clock goes forward', () => {
  const nowOf = (...times: (number | string)[]) => {
    const steps = stepsOf({ title: 't', steps: times.map((now) => ({ now })) }, '/0');
    return 'problem' in steps ? steps.problem : steps.map(({ now }) => now);
  };
  assert.deepEqual(nowOf(5, '1970-01-01T00:00:01Z', '1970-01-01T02:00:01+01:00'), [5, 1000, 3_601_000]);
  assert.match(String(nowOf('2026-01-01T00:00:00')), /is no time/);
  assert.match(String(nowOf(5, 4)), /does not go backwards/);
  assert.match(String(Object.values(stepsOf({ title: 't', now: 1, steps: [{}] }, '/0'))), /"now" belongs into a step/);
});

test('JUnit holds no character that XML cannot', () => {
  const result = { pipeline: 'p', title: 'a\u0001b', file: 'f', line: 3, durationMs: 5, differences: ['"<&>"'] };
  const xml = junitOf([result]);
  assert.match(xml, /name="a\ufffdb"/);
  assert.match(xml, /message="&quot;&lt;&amp;&gt;&quot;">f:3\n&quot;/);
});
