import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '../compile-expression.ts';
import { fieldsOf } from '../fields-of.ts';
import { expressionFunctions } from './function-table.ts';

test('every function has examples, and they give what they say', () => {
  for (const { name, examples } of expressionFunctions) {
    assert.ok(examples.length > 0, `${name} has no example`);
    for (const { source, result, record } of examples) {
      assert.ok(source.includes(`${name}(`), `${source} does not show ${name}`);
      const compiled = compileExpression(source);
      assert.ok(compiled.ok, `${source}: ${JSON.stringify(compiled.ok ? '' : compiled.issues)}`);
      assert.deepEqual(compiled.evaluate(fieldsOf(record ?? {})), result, source);
    }
  }
});

test('what is wrong with a literal is an issue at the literal, and says what to write', () => {
  const cases: readonly (readonly [source: string, at: string, message: RegExp])[] = [
    ["${time:extractStringFromDate(0, 'yyyy-qq')}", "'yyyy-qq'", /letter q/],
    ['${time:extractStringFromDate(0, "yyyy\'T")}', '"yyyy\'T"', /quote at 4/],
    ["${time:extractDateFromString('2026-1', 'YYYY-w')}", "'YYYY-w'", /cannot be read by the letter Y.*use y, M and d/],
    ["${time:trimTime(0, 'Asia/Shangai')}", "'Asia/Shangai'", /not a time zone. Use a name as Asia\/Shanghai/],
    ["${str:matches('a', 'a(?=b)')}", "'a(?=b)'", /look-around/],
    ["${str:urlEncode('a', 'GBK')}", "'GBK'", /Write 'UTF-8'/],
    ["${math:abs('x')}", "'x'", /not a number/],
    ['${record:value(5)}', '5', /such as '\/value'/],
  ];
  for (const [source, at, message] of cases) {
    const compiled = compileExpression(source);
    assert.ok(!compiled.ok, source);
    const [issue] = compiled.issues;
    assert.equal(source.slice(issue?.offset, (issue?.offset ?? 0) + (issue?.length ?? 0)), at);
    assert.match(issue?.message ?? '', message);
  }
});

test('a computed argument that is wrong is an error of the record with its place', () => {
  const source = "Name: ${str:toUpper(record:value('/name'))}, ${1 + str:length('a') / record:value('/n')}";
  const compiled = compileExpression(source);
  assert.ok(compiled.ok);
  assert.throws(() => compiled.evaluate(fieldsOf({ name: 'x', n: 'three' })), {
    code: 'EXPRESSION_FAILED',
    message: `"three" is not a number. In str:length('a') / record:value('/n') (at 51).`,
    place: { offset: 51, length: 36 },
  });
});

test('whole numbers of a record keep all digits of 64 bits', () => {
  const json = '{"big":9007199254740993,"attr":{"list":[{"id":9223372036854775807}]}}';
  const fields = JSON.parse(json) as { big: number; attr: { list: [] } };
  const members = { big: '9007199254740993', attr: '{"list":[{"id":9223372036854775807}]}' };
  const record = {
    ...fieldsOf(fields),
    jsonOf: (name: string) => (Object.hasOwn(members, name) ? members[name as keyof typeof members] : undefined),
  };
  const resultOf = (source: string) => {
    const compiled = compileExpression(source);
    assert.ok(compiled.ok);
    return compiled.evaluate(record);
  };
  assert.equal(resultOf("${record:value('/big') == 9007199254740993}"), true);
  assert.equal(resultOf("${record:value('/big') == 9007199254740992}"), false);
  assert.equal(resultOf("${record:value('/attr/list[0]/id') - 1}"), 9223372036854775806n);
  assert.equal(resultOf("id ${record:value('/attr/list[0]/id')}"), 'id 9223372036854775807');
  assert.equal(resultOf("${record:value('/big') - 1}"), 9007199254740992n);
  assert.equal(resultOf("${record:value('/big') - 3}"), 9007199254740990);
  assert.equal(resultOf('${9223372036854775807 + 1}'), 2 ** 63);
  assert.equal(resultOf('${9007199254740993 / 2}'), 4503599627370496);
});
