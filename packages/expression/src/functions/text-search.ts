import { checkedText, ExpressionError } from '../expression-error.ts';
import { defineFunction, family } from './define-function.ts';
import { pattern, text, whole } from './parameters.ts';

const MAX_REPLACED = 2 ** 26;

const replaceLiteral = (value: string, from: string, to: string): string => {
  if (from === '') return value;
  const parts = value.split(from);
  if (value.length + (parts.length - 1) * to.length > MAX_REPLACED)
    throw new ExpressionError('The result is too long a text.');
  return checkedText(parts.join(to));
};

export const textSearch = family('Searching and replacing in texts', [
  defineFunction({
    name: 'str:contains',
    summary: 'True where the part occurs.',
    parameters: [text('text'), text('part')],
    examples: [{ source: "${str:contains('abc', 'b')}", result: true }],
    apply: ([value, part]) => value.includes(part),
  }),
  defineFunction({
    name: 'str:startsWith',
    summary: 'True where the text begins so.',
    parameters: [text('text'), text('prefix')],
    examples: [{ source: "${str:startsWith('abc', 'a')}", result: true }],
    apply: ([value, prefix]) => value.startsWith(prefix),
  }),
  defineFunction({
    name: 'str:endsWith',
    summary: 'True where the text ends so.',
    parameters: [text('text'), text('suffix')],
    examples: [{ source: "${str:endsWith('abc', 'c')}", result: true }],
    apply: ([value, suffix]) => value.endsWith(suffix),
  }),
  defineFunction({
    name: 'str:matches',
    summary: 'True where the regular expression matches the whole text. A `(?i)` in front ignores case.',
    parameters: [text('text'), pattern('regex')],
    examples: [
      { source: "${str:matches('2019-08-26', '\\\\d{4}(-\\\\d{2}){2}')}", result: true },
      { source: "${str:matches('abc', '(?i)ABC')}", result: true },
    ],
    apply: ([value, regex]) => regex.matchesWhole(value),
  }),
  defineFunction({
    name: 'str:regExCapture',
    summary: 'What a group of the first match holds (group 0: the match); an empty text where nothing matches.',
    parameters: [text('text'), pattern('regex'), whole('group')],
    examples: [{ source: "${str:regExCapture('id=42;', 'id=(\\\\d+)', 1)}", result: '42' }],
    apply: ([value, regex, group]) => regex.capture(value, group) ?? '',
  }),
  defineFunction({
    name: 'str:replace',
    summary: 'Every occurrence of a text replaced.',
    parameters: [text('text'), text('from'), text('to')],
    examples: [{ source: "${str:replace('a.b.c', '.', '-')}", result: 'a-b-c' }],
    apply: ([value, from, to]) => replaceLiteral(value, from, to),
  }),
  defineFunction({
    name: 'str:replaceAll',
    summary: 'Every match of a regular expression replaced; $1 to $9 stand for groups.',
    parameters: [text('text'), pattern('regex'), text('replacement')],
    examples: [{ source: "${str:replaceAll('a1b22', '(\\\\d+)', '<$1>')}", result: 'a<1>b<22>' }],
    apply: ([value, regex, replacement]) => checkedText(regex.replaceAll(value, replacement)),
  }),
]);
