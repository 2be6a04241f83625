import { checkedText, ExpressionError } from '../expression-error.ts';
import { defineFunction, family } from './define-function.ts';
import { optional, repeated, text, whole } from './parameters.ts';

const substring = (value: string, from: number, to: number): string => {
  if (from < 0 || to < 0) throw new ExpressionError(`An index of a text is 0 or more; it is ${from < 0 ? from : to}.`);
  return value.slice(from, Math.max(from, to));
};

/** A text that is null counts as empty, as for all functions of texts. */
export const textParts = family('Parts of texts', [
  defineFunction({
    name: 'str:length',
    summary: 'Number of characters (UTF-16 units).',
    parameters: [text('text')],
    examples: [{ source: "${str:length('abc')}", result: 3 }],
    apply: ([value]) => value.length,
  }),
  defineFunction({
    name: 'str:toUpper',
    summary: 'In capital letters.',
    parameters: [text('text')],
    examples: [{ source: "${str:toUpper('Abc')}", result: 'ABC' }],
    apply: ([value]) => checkedText(value.toUpperCase()),
  }),
  defineFunction({
    name: 'str:toLower',
    summary: 'In small letters.',
    parameters: [text('text')],
    examples: [{ source: "${str:toLower('Abc')}", result: 'abc' }],
    apply: ([value]) => checkedText(value.toLowerCase()),
  }),
  defineFunction({
    name: 'str:trim',
    summary: 'Without white space at both ends.',
    parameters: [text('text')],
    examples: [{ source: "${str:trim('  a ')}", result: 'a' }],
    apply: ([value]) => value.trim(),
  }),
  defineFunction({
    name: 'str:concat',
    summary: 'The texts one after the other.',
    parameters: [text('text'), repeated(text('text'))],
    examples: [{ source: "${str:concat('a', 1, null, true)}", result: 'a1true' }],
    apply: (values) => checkedText(values.join('')),
  }),
  defineFunction({
    name: 'str:substring',
    summary:
      'From index begin up to, without, index end; indexes beyond the text mean its end, negative ones are errors.',
    parameters: [text('text'), whole('begin'), optional(whole('end'))],
    examples: [
      { source: "${str:substring('abcdef', 2, 4)}", result: 'cd' },
      { source: "${str:substring('abc', 1)}", result: 'bc' },
      { source: "${str:substring('abc', 5, 9)}", result: '' },
    ],
    apply: ([value, begin, end]) => substring(value, begin, end ?? value.length),
  }),
  defineFunction({
    name: 'str:truncate',
    summary: 'The first characters, at most length.',
    parameters: [text('text'), whole('length')],
    examples: [{ source: "${str:truncate('abcd', 3)}", result: 'abc' }],
    apply: ([value, length]) => value.slice(0, Math.max(0, length)),
  }),
  defineFunction({
    name: 'str:indexOf',
    summary: 'Index of the first occurrence, from 0; -1 where there is none.',
    parameters: [text('text'), text('part')],
    examples: [{ source: "${str:indexOf('abcb', 'b')}", result: 1 }],
    apply: ([value, part]) => value.indexOf(part),
  }),
  defineFunction({
    name: 'str:lastIndexOf',
    summary: 'Index of the last occurrence; -1 where there is none.',
    parameters: [text('text'), text('part')],
    examples: [{ source: "${str:lastIndexOf('abcb', 'b')}", result: 3 }],
    apply: ([value, part]) => value.lastIndexOf(part),
  }),
  defineFunction({
    name: 'str:isNullOrEmpty',
    summary: 'True for null and for a text without characters.',
    parameters: [text('text')],
    examples: [{ source: '${str:isNullOrEmpty(null)}', result: true }],
    apply: ([value]) => value === '',
  }),
  defineFunction({
    name: 'str:split',
    summary: 'The parts between separators as a list, each without white space at its ends.',
    parameters: [text('text'), text('separator')],
    examples: [{ source: "${str:split('a, b, c', ',')}", result: ['a', 'b', 'c'] }],
    apply: ([value, separator]) =>
      separator === '' ? [value.trim()] : value.split(separator).map((part) => part.trim()),
  }),
  defineFunction({
    name: 'str:splitKV',
    summary: 'Pairs as a map. Of a pair without the second separator the value is an empty text.',
    parameters: [text('text'), text('pairSeparator'), text('keyValueSeparator')],
    examples: [{ source: "${str:splitKV('k1=v1&k2=v=2', '&', '=')}", result: { k1: 'v1', k2: 'v=2' } }],
    apply: ([value, pairSeparator, keyValueSeparator]) => {
      if (pairSeparator === '' || keyValueSeparator === '')
        throw new ExpressionError('A separator has at least one character.');
      return Object.fromEntries(
        value
          .split(pairSeparator)
          .filter((pair) => pair.trim() !== '')
          .map((pair) => {
            const at = pair.indexOf(keyValueSeparator);
            if (at < 0) return [pair.trim(), ''];
            return [pair.slice(0, at).trim(), pair.slice(at + keyValueSeparator.length).trim()];
          }),
      );
    },
  }),
]);
