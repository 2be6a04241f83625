import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileCondition } from './compile-condition.ts';
import { fieldsOf } from './fields-of.ts';

const holds = (source: string, value: number | string | null): boolean => {
  const compiled = compileCondition(source);
  assert.ok(compiled.ok);
  return compiled.holds(fieldsOf({ value }));
};

test('holds for true alone', () => {
  assert.equal(holds("${record:value('/value') > 0}", 1), true);
  assert.equal(holds("${record:value('/value') > 0}", 0), false);
  assert.equal(holds("${record:value('/value')}", 'true'), true);
  assert.equal(holds("${record:value('/value')}", 1), false);
  assert.equal(holds("${record:value('/value')}", null), false);
});

test('a condition without an expression is an issue that says how to write it', () => {
  const compiled = compileCondition("record:value('/value') > 0");
  assert.ok(!compiled.ok);
  assert.match(compiled.issues[0]?.message ?? '', /\$\{record:value\('\/value'\) > 0\}/);
});

test('a condition with anything beside it would never be true, and is refused with the place', () => {
  const issueOf = (source: string) => {
    const compiled = compileCondition(source);
    assert.ok(!compiled.ok, source);
    return compiled.issues[0];
  };
  const at = (source: string): string => {
    const issue = issueOf(source);
    return source.slice(issue?.offset, (issue?.offset ?? 0) + (issue?.length ?? 0));
  };
  assert.equal(at(' ${true}'), ' ');
  assert.equal(at('${true} and more'), ' and more');
  assert.equal(at('${true}${false}'), '${false}');
  assert.match(issueOf('${true}${false}')?.message ?? '', /with && or \|\|/);
  assert.match(issueOf('true')?.message ?? '', /Write it as \$\{true\}/);
});
