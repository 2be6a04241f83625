import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import fc from 'fast-check';
import { fieldsOf } from '../fields-of.ts';
import { aviatorFunctions } from './aviator-functions.ts';
import { compileAviator, compileAviatorCondition } from './compile-aviator.ts';

const RECORD: JsonObject = {
  assetId: 'WTG 07',
  measurementId: 'wind-speed',
  value: 12.5,
  quality: 0,
  none: null,
  on: true,
  größe: 3,
  attr: { assetTags: { site: 'north' }, list: [{ id: 'p1' }, 2], n: 2 },
};

const evaluated = (source: string, record: JsonObject = RECORD) => {
  const compiled = compileAviator(source);
  assert.ok(compiled.ok, `${source}: ${JSON.stringify(compiled.ok ? '' : compiled.issues)}`);
  return compiled.evaluate(fieldsOf(record));
};

describe('Aviator expressions', () => {
  const results: readonly (readonly [source: string, result: unknown])[] = [
    ['123', 123],
    ['3.25', 3.25],
    ['.5', 0.5],
    ['1e3', 1000],
    ['0x1F', 31],
    ['7N + 1M', 8],
    [`'a\\'b\\n' + "c\\"d" + '\\#{x}'`, `a'b\nc"d#{x}`],
    ['nil', null],
    ['missing', null],
    ['attr.assetTags.site', 'north'],
    ['#attr.assetTags.site', 'north'],
    ['attr.list[0].id', 'p1'],
    ['attr.list[attr.n - 1]', 2],
    ['attr.list[9]', null],
    ['none.x.y', null],
    ['größe', 3],
    ['value + 1', 13.5],
    ["'v' + value", 'v12.5'],
    ["1 + 'v' + nil + on", '1vnulltrue'],
    ['1 + 2 * 3 - 4 / 8 % 3', 6.5],
    ['7 / 2', 3.5],
    ['-value', -12.5],
    ['- -2', 2],
    ['5 | 2 ^ 1 & 3', 7],
    ['~0', -1],
    ['1 << 4 >> 2', 4],
    ['-1 >>> 60', 15],
    ['9007199254740993 == 9007199254740992', false],
    ['1 == 1.0', true],
    ["1 == '1'", false],
    ['nil == nil', true],
    ['none == nil', true],
    ['false != nil', true],
    ['nil < 0', true],
    ['nil <= nil', true],
    ["'b' > 'a'", true],
    ['attr.list == attr.list', true],
    ['assetId =~ /WTG\\s\\d+/', true],
    ['assetId =~ /WTG/', false],
    ["'a/b' =~ /a\\/b/", true],
    ['on && !false || missing', true],
    ['false && missing', false],
    ["value > 10 ? 'high' : value > 5 ? 'mid' : 'low'", 'high'],
    ['(1 + 2) * 3 ## the sum first', 9],
    ['value > 10;', true],
    ["record('/attr/assetTags/site')", 'north'],
  ];
  for (const [source, result] of results) test(source, () => assert.deepEqual(evaluated(source), result));

  test('every function has examples, and they give what they say', () => {
    for (const { name, examples } of aviatorFunctions) {
      assert.ok(examples.length > 0, `${name} has no example`);
      for (const { source, result, record } of examples) {
        assert.ok(source.includes(`${name}(`), `${source} does not show ${name}`);
        assert.deepEqual(evaluated(source, { ...record }), result, source);
      }
    }
  });

  test('what it reads is known', () => {
    const compiled = compileAviator("value > 1 && attr.assetTags.site == record('/quality') + record(str(assetId))");
    assert.ok(compiled.ok);
    assert.deepEqual(compiled.fields.toSorted(), ['*', '/assetId', '/attr/assetTags/site', '/quality', '/value']);
  });
});

describe('what is wrong with an Aviator expression is told with its place', () => {
  const issues: readonly (readonly [source: string, at: string, message: RegExp])[] = [
    ['', '', /no expression/],
    ['value >', '', /Expected a value, found the end/],
    ['value > > 1', '>', /Expected a value, found ">"/],
    ['(value', '', /Expected "\)"/],
    ['value = 1', '=', /To compare, write ==/],
    ['value > 1; x', 'x', /leave out what follows ";"/],
    ['if (value > 1) { true }', 'if', /condition \? a : b/],
    ["'open", "'open", /no closing quote/],
    ["'a\\qb' == x", '\\q', /stands for nothing/],
    ["'#{value}' == x", '#{', /join the parts with \+/],
    ['assetId =~ /(/', '/(/', /./],
    ['assetId =~ /a', '/a', /no closing/],
    ["assetId =~ 'a'", "'a'", /between slashes/],
    ['/a/ == x', '/a/', /behind =~/],
    ['string.contain(assetId, 1)', 'string.contain', /Did you mean string\.contains\(text, part\)\?/],
    ["string.contains('a')", "string.contains('a')", /does not take 1 argument/],
    ["assetTag(7) == 'x'", '7', /not a text/],
    ["record('x[') == 1", "'x['", /./],
    ['value € 1', '€', /has no meaning/],
    ['value + 1', 'value + 1', /neither true nor false/],
    ['"text"', '"text"', /neither true nor false/],
    [`${'!'.repeat(201)}on`, '!', /more than 200 deep/],
    [`${'('.repeat(201)}on${')'.repeat(201)}`, '(', /more than 200 deep/],
    [`on${' && on'.repeat(250)}`, '', /more than 200 deep/],
    [`${'x'.repeat(17_000)} == 1`, '', /longer than 16384/],
  ];
  for (const [source, at, message] of issues)
    test(source.slice(0, 60) || '(nothing)', () => {
      const compiled = compileAviatorCondition(source);
      assert.ok(!compiled.ok, source.slice(0, 60));
      const [issue] = compiled.issues;
      assert.match(issue?.message ?? '', message);
      const { offset = 0, length = 0 } = issue ?? {};
      assert.ok(offset + length <= source.length);
      if (at !== '') assert.equal(source.slice(offset, offset + length).slice(0, 20), at);
    });
});

describe('what a record cannot be computed with is an error with its place', () => {
  const errors: readonly (readonly [source: string, message: RegExp])[] = [
    ['value && true', /12\.5 is neither true nor false\. In value && true \(at 0\)/],
    ['missing || on', /nil is neither true nor false/],
    ["value > 'a'", /cannot be compared/],
    ['missing + 1 > 0', /nil and 1 cannot be added\. In missing \+ 1 \(at 0\)/],
    ['missing * 2 > 0', /nil is not a number/],
    ['value / 0 > 1', /not a finite number/],
    ['value % 0 > 1', /not a finite number/],
    ['value << 1 > 1', /not a whole number/],
    ['missing =~ /a/', /nil is not a text/],
    ['attr.n', /neither true nor false/],
    ["string.substring(assetId, 5, 99) == 'x'", /no part from 5 to 99/],
    ['math.sqrt(-1) > 0', /not a finite number/],
    ["long('x') > 0", /not a number/],
  ];
  for (const [source, message] of errors)
    test(source, () => {
      const compiled = compileAviatorCondition(source);
      assert.ok(compiled.ok, JSON.stringify(compiled.ok ? '' : compiled.issues));
      assert.throws(() => compiled.holds(fieldsOf(RECORD)), { code: 'EXPRESSION_FAILED', message });
    });
});

/** Expressions of which JavaScript makes the same, spelled with as few brackets as the tree needs, or more. */
const { tree } = fc.letrec<{ tree: string; number: string }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: 0, max: 99 }).map(String),
    fc.constantFrom('a', 'b', 'c'),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '|', '&', '^'), tie('number'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    tie('number').map((inner) => `(${inner})`),
    tie('number').map((inner) => `-(${inner})`),
  ),
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('t', 'f', 'true', 'false'),
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('number'))
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    fc
      .tuple(tie('tree'), fc.constantFrom('&&', '||'), tie('tree'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    tie('tree').map((inner) => `!(${inner})`),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
}));

test('operators bind as in JavaScript, which has them from where Java has them', () => {
  const names = { a: 3, b: -7, c: 250, t: true, f: false };
  fc.assert(
    fc.property(tree, (source) => {
      // Small enough that 32 and 64 bits make no difference.
      const expected: unknown = new Function(...Object.keys(names), `return (${source});`)(...Object.values(names));
      const compiled = compileAviatorCondition(source);
      assert.ok(compiled.ok, `${source}: ${JSON.stringify(compiled.ok ? '' : compiled.issues)}`);
      assert.equal(compiled.holds(fieldsOf(names)), expected, source);
    }),
    { numRuns: 500 },
  );
});

test('whatever the text, it compiles or says where it is wrong', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...`av1.'"/#=<>!&|?:()[],;+-*%~ \\{nil\n`), maxLength: 30 }),
      (source) => {
        const compiled = compileAviator(source);
        if (compiled.ok) {
          try {
            compiled.evaluate(fieldsOf(RECORD));
          } catch (error) {
            assert.equal((error as { code?: unknown }).code, 'EXPRESSION_FAILED', source);
          }
          return;
        }
        for (const { offset, length } of compiled.issues) assert.ok(offset >= 0 && offset + length <= source.length);
      },
    ),
    { numRuns: 1000 },
  );
});
