import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import fc from 'fast-check';
import { compileExpression } from './compile-expression.ts';
import { ExpressionError } from './expression-error.ts';
import type { FieldReader } from './field-reader.ts';
import { fieldsOf } from './fields-of.ts';
import { expressionFunctions } from './functions/function-table.ts';
import type { Value as ExpressionValue } from './value.ts';

const record = (fields: JsonObject = {}): FieldReader => fieldsOf(fields);

const evaluate = (source: string, fields: JsonObject = {}): ExpressionValue => {
  const compiled = compileExpression(source, { now: () => 1_567_292_293_123 });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.evaluate(record(fields));
};

/** Each line: expression without `${}`, then its value. */
const table = (rows: readonly (readonly [string, JsonValue])[], fields: JsonObject = {}): void => {
  for (const [source, expected] of rows) assert.deepEqual(evaluate(`\${${source}}`, fields), expected, source);
};

test('literals and operators bind as the expression language says', () => {
  table([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3.5],
    ['7 div 2', 3.5],
    ['7 % 4', 3],
    ['7 mod 4', 3],
    ['-2 - -3', 1],
    ['1e3 + .5', 1000.5],
    ['1 < 2 && 2 < 3', true],
    ['1 lt 2 and 2 le 2 and 3 gt 2 and 3 ge 3', true],
    ['1 == 1.0', true],
    ['1 eq 2 or 1 ne 2', true],
    ['!true || not false', true],
    ['true ? 1 : false ? 2 : 3', 1],
    ['false ? 1 : false ? 2 : 3', 3],
    ["'a\\'b'", "a'b"],
    ['"\\\\d"', '\\d'],
    ["'\\d'", '\\d'],
    ['null', null],
    ["empty '' and empty null and not empty 'x'", true],
    ["true ? 'a':'b'", 'a'],
    ["true ? true:str:length('x')", true],
  ]);
});

test('values change type as documented', () => {
  table([
    ['null + 1', 1],
    ["'' + 1", 1],
    ["'2.5' * 2", 5],
    ["'10' > 9", true],
    ["'10' > '9'", false],
    ['null < 1', false],
    ['null >= 0', false],
    ['null >= null', true],
    ['null <= null', true],
    ['null < null', false],
    ["'' == 0", true],
    ["'' != 0", false],
    ['null == null', true],
    ['null == 0', false],
    ["null == ''", false],
    ["'1' == 1", true],
    ["'x' == 1", false],
    ["'true' == true", true],
    ["'TRUE' && true", true],
    ["'yes' || false", false],
    ['null || false', false],
  ]);
  for (const source of ["'a' + 'b'", '1 && true', 'true + 1', '1 / 0', '0 % 0', '!5', "-'x'"])
    assert.throws(() => evaluate(`\${${source}}`), ExpressionError, source);
});

test('fields are read by path', () => {
  const fields = {
    value: 3,
    assetId: 'a1',
    'odd name/[x]': 1,
    attr: { tslParentLookup: [{ id: 'p1' }], 'a.b': 2, none: null },
  };
  table(
    [
      ["record:value('/value')", 3],
      ['record:value(\'/"assetId"\')', 'a1'],
      ["record:value('/attr/tslParentLookup[0]/id')", 'p1'],
      ["record:value('/attr/a.b')", 2],
      ['record:value(\'/"odd name/[x]"\')', 1],
      ["record:value('/attr/tslParentLookup[1]/id')", null],
      ["record:value('/nothing')", null],
      ["record:value('/attr').tslParentLookup[0]['id']", 'p1'],
      ["record:value(str:concat('/', 'value'))", 3],
      ["record:valueOrDefault('/attr/none', 7)", 7],
      ["record:exists('/attr/none')", true],
      ["record:exists('/toString')", false],
      ["record:type('/value')", 'INTEGER'],
      ["record:type('/attr')", 'MAP'],
      ["record:attribute('topic')", null],
    ],
    fields,
  );
  const compiled = compileExpression("${record:value('/a') + record:value('/attr/x[0]')}");
  assert.deepEqual(compiled.ok && compiled.fields, ['/a', '/attr/x[0]']);
});

test('a template gives its typed value alone and a text in company', () => {
  assert.equal(evaluate('${1 + 1}'), 2);
  assert.equal(evaluate('${1 + 1} pieces of ${null}${true}'), '2 pieces of true');
  assert.equal(evaluate('no expression'), 'no expression');
  assert.equal(evaluate(''), '');
  assert.equal(evaluate("${'}'}\\${x}"), '}${x}');
  assert.equal(evaluate('$ {1}'), '$ {1}');
});

test('functions of text, numbers, time and collections', () => {
  table([
    ["str:substring('abcdef', 2, 4)", 'cd'],
    ["str:substring('abc', 1)", 'bc'],
    ["str:substring('abc', 5, 9)", ''],
    ["str:truncate('abc', 2)", 'ab'],
    ["str:replace('a.b.c', '.', '-')", 'a-b-c'],
    ["str:replaceAll('a1b22', '(\\\\d+)', '<$1>')", 'a<1>b<22>'],
    ["str:matches('2019-08-26', '\\d{4}(-\\d{2}){2}')", true],
    ["str:regExCapture('id=42;', 'id=(\\d+)', 1)", '42'],
    ["str:split('a,b', ',')[1]", 'b'],
    ["str:concat('a', 1, null, true)", 'a1true'],
    ["str:indexOf('abc', 'c')", 2],
    ['str:isNullOrEmpty(null)', true],
    ["str:urlEncode('a b&ü')", 'a+b%26%C3%BC'],
    ["str:urlDecode('a+b%26')", 'a b&'],
    ["str:trim('  a ')", 'a'],
    ['math:round(2.5) + math:floor(-1.5) + math:ceil(0.1) + math:abs(-3)', 5],
    ["math:max('3', 2) - math:min(1, null)", 3],
    ["time:extractStringFromDate(0, 'yyyy-MM-dd HH:mm:ss.SSS')", '1970-01-01 00:00:00.000'],
    ["time:extractStringFromDateTZ(1567292293123, 'Asia/Shanghai', \"yyyyMMdd'T'HHmmssXXX\")", '20190901T065813+08:00'],
    ["time:extractStringFromDateTZ(0, '-03:30', 'EEE d MMM yy h a')", 'Wed 31 Dec 69 8 PM'],
    ["time:extractDateFromString('2019-08-26 01:02:03', 'yyyy-MM-dd HH:mm:ss')", 1566781323000],
    ["time:createDateFromStringTZ('20190826', '+08:00', 'yyyyMMdd')", 1566748800000],
    ["time:createDateFromStringTZ('2021-03-28 12:00', 'Europe/Berlin', 'yyyy-MM-dd HH:mm')", 1616925600000],
    ["time:extractLongFromDate(1566781323000, 'D')", 238],
    ['time:now()', 1567292293123],
    ['time:dateTimeToMilliseconds(time:millisecondsToDateTime(5))', 5],
    ["time:trimTime(1567292293123, '+08:00')", 1567267200000],
    ['time:trimDate(1567292293123)', 82693123],
    ["list:size(str:split('a,b,c', ',')) + size(emptyMap())", 3],
    ["list:join(str:split('a,b', ','), '+')", 'a+b'],
    ["list:contains(str:split('1,2', ','), 2)", true],
  ]);
  table(
    [
      ["map:keys(record:value('/m'))", ['a', 'b']],
      ["map:containsKey(record:value('/m'), 'a')", true],
    ],
    { m: { a: 1, b: 2 } },
  );
});

test('dates at the end of what can be told are values or errors of the record', () => {
  const edges = ['8640000000000000', '8639999827200000', '-8639999827200000', '-8640000000000000', '1e300'];
  const zones = ['Asia/Shanghai', 'America/New_York', '+18:00', '-18:00', 'UTC', '+19:00', 'Nowhere', '\\u0000'];
  for (const edge of edges)
    for (const zone of zones)
      for (const call of [
        'time:trimTime(EDGE, ZONE)',
        'time:trimDate(EDGE, ZONE)',
        'time:dateTimeZoneOffset(EDGE, ZONE)',
        "time:extractStringFromDateTZ(EDGE, ZONE, 'yyyy-MM-dd HH:mm:ss z')",
        "time:createDateFromStringTZ('275760-09-13 00:00', ZONE, 'yyyy-MM-dd HH:mm')",
      ])
        try {
          // As values of a record: literals are refused when they are compiled.
          const source = call.replace('EDGE', "record:value('/edge')").replace('ZONE', "record:value('/zone')");
          assert.notEqual(JSON.stringify(evaluate(`\${${source}}`, { edge, zone })), 'null', call);
        } catch (error) {
          assert.ok(error instanceof ExpressionError, `${call}: ${String(error)}`);
        }
});

test('a date written by a pattern is read back by it', () => {
  const instant = fc.integer({ min: -62_000_000_000_000, max: 4_000_000_000_000 });
  const zone = fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York', '-03:30', 'Europe/Berlin');
  const pattern = fc.constantFrom(
    'yyyy-MM-dd HH:mm:ss.SSS XXX',
    "yyyyMMdd'T'HHmmssSSSZ",
    'EEE d MMM yyyy h:mm:ss.SSS a z',
  );
  fc.assert(
    fc.property(instant, zone, pattern, (at, zoneName, format) => {
      // Offsets are written in whole minutes; local mean times of the 19th century are not.
      fc.pre(at > -1_500_000_000_000 || zoneName === 'UTC' || zoneName === '-03:30');
      const written = `time:extractStringFromDateTZ(${at}, '${zoneName}', "${format}")`;
      assert.equal(evaluate(`\${time:extractDateFromString(${written}, "${format}")}`), at);
    }),
  );
});

test('issues say where and what, with a suggestion', () => {
  const issuesOf = (source: string) => {
    const compiled = compileExpression(source);
    return compiled.ok ? [] : compiled.issues;
  };
  const at = (source: string): (string | number)[][] =>
    issuesOf(source).map(({ offset, length }) => [source.slice(offset, offset + length), offset]);
  assert.deepEqual(at('x ${1 + }'), [['', 8]]);
  assert.deepEqual(at("${record:valu('/x') + str:len('a')}"), [
    ['record:valu', 2],
    ['str:len', 22],
  ]);
  assert.match(issuesOf("${record:valu('/x')}")[0]?.message ?? '', /Did you mean record:value\(path\)/);
  assert.deepEqual(at("${str:length('a', 'b')}"), [["str:length('a', 'b')", 2]]);
  assert.deepEqual(at("${record:value('value')}"), [["'value'", 15]]);
  assert.deepEqual(at("${str:matches('a', '(')}"), [["'('", 19]]);
  assert.deepEqual(at('${value > 1}'), [['value', 2]]);
  assert.deepEqual(at('${1'), [['${1', 0]]);
  assert.deepEqual(at("${'a}"), [["${'a}", 0]]);
  assert.deepEqual(at('${1 # 2}'), [['#', 4]]);
  assert.equal(issuesOf(`\${${'('.repeat(5000)}1${')'.repeat(5000)}}`).length, 1);
  assert.equal(issuesOf(`\${1${'+1'.repeat(5000)}}`).length, 1);
  assert.equal(issuesOf('x'.repeat(20_000)).length, 1);
});

test('completion data names every function with its arguments', () => {
  for (const { name, signature, summary, minArguments, maxArguments } of expressionFunctions) {
    assert.ok(signature.startsWith(`${name}(`) && signature.endsWith(')'));
    assert.match(summary, /^[A-Z"].*\.$/);
    assert.ok(minArguments <= maxArguments);
  }
  assert.equal(new Set(expressionFunctions.map(({ name }) => name)).size, expressionFunctions.length);
});

test('arithmetic and comparison agree with a reference evaluation', () => {
  type Tree = number | { op: string; left: Tree; right: Tree };
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      fc.integer({ min: -50, max: 50 }),
      fc.record({ op: fc.constantFrom('+', '-', '*', '/', '%'), left: tie('tree'), right: tie('tree') }),
    ),
  }));
  const write = (node: Tree): string =>
    typeof node === 'number'
      ? node < 0
        ? `(${node})`
        : String(node)
      : `(${write(node.left)} ${node.op} ${write(node.right)})`;
  const reference = (node: Tree): number => {
    if (typeof node === 'number') return node;
    const [left, right] = [reference(node.left), reference(node.right)];
    const result = { '+': left + right, '-': left - right, '*': left * right, '/': left / right, '%': left % right }[
      node.op
    ];
    if (result === undefined || !Number.isFinite(result)) throw new RangeError();
    return result;
  };
  fc.assert(
    fc.property(tree, tree, (left, right) => {
      let expected: [number, boolean];
      try {
        expected = [reference(left), reference(left) < reference(right)];
      } catch {
        return;
      }
      assert.equal(evaluate(`\${${write(left)}}`), expected[0]);
      assert.equal(evaluate(`\${${write(left)} < ${write(right)}}`), expected[1]);
    }),
  );
});

test('whatever the text and the record: an issue, a JSON value or an ExpressionError', () => {
  const word = fc.constantFrom(
    ...['${', '}', '(', ')', '[', ']', '.', ',', '?', ':', '+', '-', '*', '/', '%', '==', '<=', '&&', 'not ', 'empty '],
    ...["'/value'", "'/attr/a[0]'", "'x'", '"', "'", '1', '0', '1e308', 'null', 'true', '\\', ' '],
    ...expressionFunctions.map(({ name }) => `${name}(`),
  );
  const call = fc
    .tuple(
      fc.constantFrom(...expressionFunctions),
      fc.array(
        fc.constantFrom(
          "record:value('/value')",
          "'(a+)+b'",
          "'yyyy-MM'",
          "'/x'",
          '1',
          '-1',
          '1e300',
          'null',
          "'ü\\ud800'",
          'emptyList()',
          'emptyMap()',
          "'UTC'",
        ),
        { maxLength: 4 },
      ),
    )
    .map(([{ name }, args]) => `\${${name}(${args.join(',')})}`);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(word).map((words) => words.join('')),
        call,
        fc.string(),
      ),
      fc.jsonValue(),
      (source, value) => {
        const compiled = compileExpression(source);
        if (!compiled.ok) {
          assert.ok(compiled.issues.length > 0);
          for (const { offset, length } of compiled.issues)
            assert.ok(offset >= 0 && length >= 0 && offset + length <= source.length);
          return;
        }
        let result: ExpressionValue;
        try {
          result = compiled.evaluate(record({ value: value as JsonValue }));
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
          return;
        }
        if (typeof result !== 'bigint') assert.notEqual(JSON.stringify(result), undefined);
        if (typeof result === 'number') assert.ok(Number.isFinite(result));
      },
    ),
    { numRuns: 3000 },
  );
});
