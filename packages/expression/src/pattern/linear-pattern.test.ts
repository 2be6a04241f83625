import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ExpressionError } from '../expression-error.ts';
import { LinearPattern, PatternError } from './linear-pattern.ts';

test('patterns without back-references and look-around are understood', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['\\d+', '123', true],
    ['[^a-c]*', 'xyz', true],
    ['a{2,3}', 'aaaa', false],
    ['(a|ab)(c|bcd)', 'abcd', true],
    ['\\bx\\b', 'x', true],
    ['^a$', 'a', true],
    ['a\\.b', 'a.b', true],
    ['[\\w.-]+@[\\w-]+', 'a.b@c-d', true],
    ['', '', true],
    ['.', '\n', false],
    ['[]a]', ']', true],
    ['\\u00fc\\t?', 'ü', true],
    ['(?i)abc', 'aBC', true],
    ['a(?i)bc', 'ABC', false],
    ['(a(?i)b)c', 'aBC', false],
    ['(?i)[^a-c]+', 'xB', false],
    ['(?i)[x-z]\\w', 'Yb', true],
    ['(?is)A.b', 'a\nB', true],
    ['(?s).', '\n', true],
  ];
  for (const [pattern, text, expected] of cases)
    assert.equal(LinearPattern.compile(pattern).matchesWhole(text), expected, pattern);
});

test('what cannot run in linear time, or is no pattern, is refused', () => {
  for (const pattern of [
    '(',
    ')',
    '[a',
    '*a',
    'a**',
    '(?=a)',
    '(?<n>a)',
    '\\1',
    'a{5,2}',
    'a{2000}',
    '\\',
    '[z-a]',
    '(a{1000}){1000}',
  ])
    assert.throws(() => LinearPattern.compile(pattern), PatternError, pattern);
});

test('patterns that ruin a backtracking matcher do not matter', () => {
  const text = `${'a'.repeat(3000)}!`;
  assert.equal(LinearPattern.compile('(a+)+b').matchesWhole(text), false);
  assert.equal(LinearPattern.compile('(a|aa)*$').capture(text, 0), '');
  assert.throws(() => LinearPattern.compile('(.*b|a)').replaceAll('a'.repeat(100_000), ''), ExpressionError);
});

test('finds and replaces what JavaScript does', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\b', '^', '$', 'c');
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
      fc
        .tuple(
          fc.constantFrom('a', 'b', '[ab]', '(ab)', '(a|b)', '(ab|a)'),
          fc.constantFrom('*', '+', '?', '*?', '+?', '{1,2}', '{2}'),
        )
        .map(([a, b]) => a + b),
    ),
  }));
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 12 }), (source, text) => {
      const ours = LinearPattern.compile(source);
      const theirs = new RegExp(source);
      assert.equal(ours.capture(text, 0), theirs.exec(text)?.[0]);
      assert.equal(ours.matchesWhole(text), new RegExp(`^(?:${source})$`).test(text));
      assert.equal(ours.replaceAll(text, '<$0>'), text.replace(new RegExp(source, 'g'), '<$&>'));
    }),
    { numRuns: 2000 },
  );
});
