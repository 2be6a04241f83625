import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ExpressionError } from '../expression-error.ts';
import type { Value } from '../value.ts';
import { compileMerging } from './compile-merging.ts';

const POINTS: Readonly<Record<string, Value>> = {
  'turbine::wind_speed': 12.5,
  'turbine::power': 1500,
  'turbine::WNAC.Mode': 'run',
  'turbine::on': true,
  'turbine::zero': 0,
};

const evaluated = (source: string): Value | undefined => {
  const compiled = compileMerging(source);
  assert.ok(compiled.ok, `${source}: ${JSON.stringify(compiled.ok ? '' : compiled.issues)}`);
  return compiled.evaluate(compiled.variables.map(({ modelId, id }) => POINTS[`${modelId}::${id}`]));
};

describe('expressions of Multi-Point Merging', () => {
  const results: readonly (readonly [source: string, result: Value | undefined])[] = [
    // The vendor's own.
    ['if(${turbine::wind_speed} > 50) { ${turbine::power}+10 } else { ${turbine::power}-10 }', 1490],
    ['if (${turbine::wind_speed} > 12) { 1 } else if (${turbine::wind_speed} > 5) { 2 } else { 3 }', 1],
    ['if (${turbine::wind_speed} > 20) { 1 } else if (${turbine::wind_speed} > 5) { 2 } else { 3 }', 2],
    ['if (${turbine::wind_speed} > 20) 1 else if (${turbine::wind_speed} > 15) 2 else 3', 3],
    ['if (${turbine::on}) { if (!${turbine::on}) { 1 } else { 2 } } else { 3 }', 2],
    ['if (false) { 1 }', undefined],
    ['(if (true) { 2 } else { 3 }) * 10', 20],
    ['{ 1 + 1 }', 2],
    ['1 + 2 * 3 - 8 / 4 % 3', 5],
    ['(1 + 2) * 3', 9],
    ['-${turbine::power}', -1500],
    ['- -2', 2],
    ['7 / 2', 3.5],
    ['10.5d + 1L', 11.5],
    ['.5 + 1e1', 10.5],
    ['${ turbine :: power } / 1000', 1.5],
    ['${turbine::WNAC.Mode} == "run"', true],
    ['${turbine::WNAC.Mode} + "-" + 1', 'run-1'],
    ['"a\\"b\\n"', 'a"b\n'],
    ['1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 != 2', true],
    ['1 == "1"', false],
    ['!true | false', false],
    ['true | false & false', true],
    ['false || ${turbine::on}', true],
    ['true || ${turbine::none}', true],
    ['false && ${turbine::none} > 1', false],
    ['true | ${turbine::none} > 1', undefined],
    ['${turbine::none} + 1', undefined],
    ['if (${turbine::on}) { 1 } else { ${turbine::none} }', 1],
    ['9007199254740993', 9007199254740993n],
    ['1 /* one */ + 1 // and one\n;', 2],
  ];
  for (const [source, result] of results) test(source, () => assert.deepEqual(evaluated(source), result));

  test('what it reads is told once each, with its first place', () => {
    const compiled = compileMerging('${m::a} + ${m::b.c} + ${ m::a }');
    assert.ok(compiled.ok);
    assert.deepEqual(compiled.variables, [
      { modelId: 'm', id: 'a', start: 0, end: 7 },
      { modelId: 'm', id: 'b.c', start: 10, end: 19 },
    ]);
  });

  const faults: readonly (readonly [source: string, offset: number, length: number, message: RegExp])[] = [
    ['', 0, 0, /no expression/],
    ['1 +', 3, 0, /Expected a value, found the end/],
    ['1 2', 2, 1, /Expected an operator or the end, found "2"/],
    ['(1', 2, 0, /Expected "\)"/],
    ['if 1 { 2 }', 3, 1, /Expected "\("/],
    ['if (true) { 2 else { 3 }', 14, 4, /Expected "}"/],
    ['else { 1 }', 0, 4, /"else" is not known/],
    ['1 + if (true) 2 else 3', 4, 2, /stands in brackets/],
    ['for (i <- 1) { 2 }', 0, 3, /no loops/],
    ['while (true) { 1 }', 0, 5, /no loops/],
    ['val x = 1', 0, 3, /no loops, names or statements/],
    ['power + 1', 0, 5, /written \$\{model::power}/],
    ['${power}', 0, 8, /Write the model/],
    ['${a/b::c}', 0, 9, /Write the model/],
    ['${m::p', 0, 1, /both braces/],
    ["'text'", 0, 1, /double quotes/],
    ['"text', 0, 5, /no closing quote/],
    ['"a\\x"', 2, 2, /stands for nothing/],
    ['${m::a} = 1', 8, 1, /To compare, write ==/],
    ['1e999', 0, 5, /larger than any number/],
    ['1 # 2', 2, 1, /no meaning/],
    ['if (1 + 1) { 2 } else { 3 }', 4, 5, /neither true nor false/],
    ['!5', 1, 1, /neither true nor false/],
    ['true && "x"', 8, 3, /neither true nor false/],
  ];
  for (const [source, offset, length, message] of faults)
    test(`refused: ${source}`, () => {
      const compiled = compileMerging(source);
      assert.ok(!compiled.ok);
      const [issue] = compiled.issues;
      assert.deepEqual([issue?.offset, issue?.length], [offset, length]);
      assert.match(issue?.message ?? '', message);
    });

  test('operations say where they fail', () => {
    for (const [source, message] of [
      ['1 + ${turbine::power} / ${turbine::zero}', /division by zero.* \(at 4\)/],
      ['${turbine::WNAC.Mode} - 1', /"run" is not a number\. In .* \(at 0\)/],
      ['if (${turbine::power}) { 1 } else { 2 }', /1500 is neither true nor false/],
      ['${turbine::WNAC.Mode} > 1', /cannot be compared/],
    ] as const)
      assert.throws(
        () => evaluated(source),
        (error) => error instanceof ExpressionError && message.test(error.message),
        source,
      );
  });

  test('nesting has a limit, in whatever way it is nested', () => {
    for (const source of ['('.repeat(5000), '-'.repeat(5000), 'if(true){'.repeat(5000), `1${'+1'.repeat(5000)}`]) {
      const compiled = compileMerging(source);
      assert.ok(!compiled.ok, source.slice(0, 20));
    }
  });

  test('whatever is written gives a result, an issue within the text, or an error of the values', () => {
    const piece = fc.constantFrom(
      ...['1', '2.5', '"a"', 'true', '${m::a}', '${m::b}', '+', '-', '*', '/', '%', '<', '==', '&', '|', '!', '(', ')'],
      ...['{', '}', 'if', 'else', ';', ' ', '$', '"', "'"],
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 25 }),
        fc.oneof(fc.integer(), fc.string(), fc.boolean()),
        (pieces, value) => {
          const source = pieces.join('');
          const compiled = compileMerging(source);
          if (!compiled.ok) {
            for (const { offset, length } of compiled.issues)
              assert.ok(offset >= 0 && offset + length <= source.length);
            return;
          }
          try {
            compiled.evaluate(compiled.variables.map(({ id }) => (id === 'a' ? value : undefined)));
          } catch (error) {
            assert.ok(error instanceof ExpressionError, String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('numbers, operators and branches give what a plain walk over their tree gives', () => {
    interface Term {
      readonly source: string;
      readonly value: number;
    }
    const compute = { '+': (a: number, b: number) => a + b, '-': (a: number, b: number) => a - b } as const;
    const compare = { '<': (a: number, b: number) => a < b, '>=': (a: number, b: number) => a >= b } as const;
    const { term } = fc.letrec<{ term: Term }>((tie) => ({
      term: fc.oneof(
        { maxDepth: 5 },
        fc.integer({ min: 0, max: 99 }).map((value): Term => ({ source: String(value), value })),
        fc
          .tuple(tie('term'), fc.constantFrom('+' as const, '-' as const), tie('term'))
          .map(
            ([a, op, b]): Term => ({ source: `(${a.source} ${op} ${b.source})`, value: compute[op](a.value, b.value) }),
          ),
        fc.tuple(tie('term'), fc.constantFrom('<' as const, '>=' as const), tie('term'), tie('term'), tie('term')).map(
          ([a, op, b, c, d]): Term => ({
            source: `(if (${a.source} ${op} ${b.source}) { ${c.source} } else { ${d.source} })`,
            value: compare[op](a.value, b.value) ? c.value : d.value,
          }),
        ),
      ),
    }));
    fc.assert(
      fc.property(term, ({ source, value }) => {
        const compiled = compileMerging(source);
        assert.ok(compiled.ok, source);
        assert.equal(compiled.evaluate([]), value);
      }),
    );
  });
});
