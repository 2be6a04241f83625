import { isJsonObject, type JsonValue } from '@penstock/model';
import { checkedText, ExpressionError } from '../expression-error.ts';
import type { FieldReader } from '../field-reader.ts';
import { defineFunction, type ExpressionFunction, family } from '../functions/define-function.ts';
import { readFieldPath } from '../syntax/field-path.ts';
import { type Value, wholeNumber } from '../value.ts';
import { any, fieldPath, number, pattern, sequence, text, whole } from './aviator-parameters.ts';
import { asText, aviatorBoolean, aviatorNumber, equals, order } from './aviator-values.ts';

const tagOf = (record: FieldReader, kind: string, key: string): Value => {
  const tags = record.getAttr(kind);
  return isJsonObject(tags) && Object.hasOwn(tags, key) ? (tags[key] as JsonValue) : null;
};

/** The number a text or a number stands for. */
const numberFrom = (value: Value): number => {
  if (typeof value !== 'string') return Number(aviatorNumber(value));
  const found = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(found)) throw new ExpressionError(`${JSON.stringify(value)} is not a number.`);
  return found;
};

const finite = (found: number): number => {
  if (!Number.isFinite(found)) throw new ExpressionError('The result is not a finite number.');
  return found;
};

const extreme = (values: readonly Value[], sign: 1 | -1): Value =>
  values.reduce((best, value) => (order(value, best) * sign > 0 ? value : best));

/** Java's rounding: halves go up. */
const rounded = (value: number): Value => wholeNumber(BigInt(Math.floor(finite(value) + 0.5)));

const ofNumber = (name: string, summary: string, example: readonly [string, Value], apply: (x: number) => number) =>
  defineFunction({
    name: `math.${name}`,
    summary,
    parameters: [number('x')],
    examples: [{ source: example[0], result: example[1] }],
    apply: ([x]) => finite(apply(x)),
  });

const records = family('Records', [
  defineFunction({
    name: 'assetTag',
    summary:
      "The tag of the record's asset with this key, as a Record Formatter has added it; nil where there is none.",
    parameters: [text('key')],
    examples: [
      { source: "assetTag('site')", result: 'north', record: { attr: { assetTags: { site: 'north' } } } },
      { source: "assetTag('site')", result: null },
    ],
    apply: ([key], record) => tagOf(record, 'assetTags', key),
  }),
  defineFunction({
    name: 'measurementTag',
    summary: 'The same of what the record measures.',
    parameters: [text('key')],
    examples: [
      { source: "measurementTag('kind')", result: 'energy', record: { attr: { measurementTags: { kind: 'energy' } } } },
    ],
    apply: ([key], record) => tagOf(record, 'measurementTags', key),
  }),
  defineFunction({
    name: 'record',
    summary: 'The field at a path; nil where there is none. For names that cannot be written as variables.',
    parameters: [fieldPath('path')],
    examples: [{ source: 'record(\'/"odd name"\')', result: 1, record: { 'odd name': 1 } }],
    apply: ([path], record) => readFieldPath(record, path) ?? null,
  }),
]);

const system = family('Values', [
  defineFunction({
    name: 'str',
    summary: 'As a text; nil is `null`.',
    parameters: [any('x')],
    examples: [{ source: 'str(1.5)', result: '1.5' }],
    apply: ([x]) => asText(x),
  }),
  defineFunction({
    name: 'long',
    summary: 'As a whole number: what stands behind the point is cut off. A text that spells a number is one.',
    parameters: [any('x')],
    examples: [
      { source: "long('42')", result: 42 },
      { source: 'long(7 / 2)', result: 3 },
    ],
    apply: ([x]) => (typeof x === 'bigint' ? x : wholeNumber(BigInt(Math.trunc(numberFrom(x))))),
  }),
  defineFunction({
    name: 'double',
    summary: 'As a number. A text that spells one is one.',
    parameters: [any('x')],
    examples: [{ source: "double('1.5')", result: 1.5 }],
    apply: ([x]) => numberFrom(x),
  }),
  defineFunction({
    name: 'boolean',
    summary: 'As a truth value: the text `true` is true, any other false.',
    parameters: [any('x')],
    examples: [{ source: "boolean('true')", result: true }],
    apply: ([x]) => (typeof x === 'string' ? x === 'true' : aviatorBoolean(x)),
  }),
  defineFunction({
    name: 'type',
    summary: 'What kind of value it is: `nil`, `boolean`, `number`, `string`, `list` or `map`.',
    parameters: [any('x')],
    examples: [
      { source: 'type(nil)', result: 'nil' },
      { source: 'type(value)', result: 'number', record: { value: 2 } },
    ],
    apply: ([x]) => {
      if (x === null) return 'nil';
      if (Array.isArray(x)) return 'list';
      if (typeof x === 'object') return 'map';
      return typeof x === 'bigint' ? 'number' : typeof x;
    },
  }),
  defineFunction({
    name: 'min',
    summary: 'The least of some values; nil is less than all others.',
    parameters: [any('a'), any('b', 'repeated')],
    examples: [{ source: 'min(3, 1, 2)', result: 1 }],
    apply: (values) => extreme(values, -1),
  }),
  defineFunction({
    name: 'max',
    summary: 'The greatest of some values.',
    parameters: [any('a'), any('b', 'repeated')],
    examples: [{ source: 'max(3, 1, 2)', result: 3 }],
    apply: (values) => extreme(values, 1),
  }),
  defineFunction({
    name: 'now',
    summary: 'The time of the clock in ms since 1970.',
    parameters: [],
    examples: [{ source: 'now() > 0', result: true }],
    apply: (_none, _record, { now }) => now(),
  }),
]);

const sequences = family('Lists and maps', [
  defineFunction({
    name: 'count',
    summary: 'Entries of a list or map, characters of a text.',
    parameters: [sequence('seq')],
    examples: [{ source: 'count(attr.list)', result: 2, record: { attr: { list: [1, 2] } } }],
    apply: ([seq]) => seq.length,
  }),
  defineFunction({
    name: 'include',
    summary: 'Whether a value is in a list, or among the values of a map.',
    parameters: [sequence('seq'), any('x')],
    examples: [{ source: "include(seq.list('a', 'b'), 'b')", result: true }],
    apply: ([seq, x]) => seq.some((one) => equals(one, x)),
  }),
  defineFunction({
    name: 'seq.list',
    summary: 'A list of these values.',
    parameters: [any('x', 'repeated')],
    examples: [{ source: 'count(seq.list(1, 2))', result: 2 }],
    // A whole number beyond 2^53 is rounded in a list.
    apply: (values) => values.map((value): JsonValue => (typeof value === 'bigint' ? Number(value) : value)),
  }),
  defineFunction({
    name: 'seq.contains_key',
    summary: 'Whether a map has the key.',
    parameters: [any('map'), text('key')],
    examples: [{ source: "seq.contains_key(attr, 'a')", result: true, record: { attr: { a: null } } }],
    apply: ([map, key]) => typeof map === 'object' && map !== null && Object.hasOwn(map, key),
  }),
]);

const texts = family('Texts', [
  defineFunction({
    name: 'string.contains',
    summary: 'Whether the part occurs in the text.',
    parameters: [text('text'), text('part')],
    examples: [{ source: "string.contains('abc', 'b')", result: true }],
    apply: ([value, part]) => value.includes(part),
  }),
  defineFunction({
    name: 'string.startsWith',
    summary: 'Whether the text begins so.',
    parameters: [text('text'), text('prefix')],
    examples: [{ source: "string.startsWith('abc', 'a')", result: true }],
    apply: ([value, prefix]) => value.startsWith(prefix),
  }),
  defineFunction({
    name: 'string.endsWith',
    summary: 'Whether the text ends so.',
    parameters: [text('text'), text('suffix')],
    examples: [{ source: "string.endsWith('abc', 'c')", result: true }],
    apply: ([value, suffix]) => value.endsWith(suffix),
  }),
  defineFunction({
    name: 'string.length',
    summary: 'Its length in UTF-16 units.',
    parameters: [text('text')],
    examples: [{ source: "string.length('abc')", result: 3 }],
    apply: ([value]) => value.length,
  }),
  defineFunction({
    name: 'string.indexOf',
    summary: 'Where the part first occurs, from 0; -1 where it does not.',
    parameters: [text('text'), text('part')],
    examples: [{ source: "string.indexOf('abc', 'c')", result: 2 }],
    apply: ([value, part]) => value.indexOf(part),
  }),
  defineFunction({
    name: 'string.substring',
    summary: 'The part from one place up to another, not included; to the end where that is left out.',
    parameters: [text('text'), whole('begin'), whole('end', 'optional')],
    examples: [
      { source: "string.substring('hello', 1, 3)", result: 'el' },
      { source: "string.substring('hello', 3)", result: 'lo' },
    ],
    apply: ([value, begin, end = value.length]) => {
      if (begin < 0 || end > value.length || begin > end)
        throw new ExpressionError(`There is no part from ${begin} to ${end} in a text of ${value.length}.`);
      return value.slice(begin, end);
    },
  }),
  defineFunction({
    name: 'string.split',
    summary: 'The parts between the matches of a regular expression.',
    parameters: [text('text'), pattern('regex')],
    examples: [{ source: "count(string.split('a,b,c', ','))", result: 3 }],
    // A character that no text has to stand for the place of each match.
    apply: ([value, regex]) => regex.replaceAll(value.replaceAll('\0', ''), '\0').split('\0'),
  }),
  defineFunction({
    name: 'string.join',
    summary: 'The entries of a list as a text, with a text between them.',
    parameters: [sequence('seq'), text('between')],
    examples: [{ source: "string.join(seq.list(1, 2), '-')", result: '1-2' }],
    apply: ([seq, between]) => checkedText(seq.map(asText).join(between)),
  }),
  defineFunction({
    name: 'string.replace_all',
    summary: 'Every match of a regular expression replaced; `$1` is what its first group holds.',
    parameters: [text('text'), pattern('regex'), text('to')],
    examples: [{ source: "string.replace_all('a1b2', '[0-9]', '-')", result: 'a-b-' }],
    apply: ([value, regex, to]) => checkedText(regex.replaceAll(value, to)),
  }),
]);

const numbers = family('Numbers', [
  ofNumber('abs', 'Without its sign.', ['math.abs(-2)', 2], Math.abs),
  ofNumber('floor', 'The greatest whole number that is not greater.', ['math.floor(1.5)', 1], Math.floor),
  ofNumber('ceil', 'The least whole number that is not less.', ['math.ceil(1.5)', 2], Math.ceil),
  ofNumber('sqrt', 'Its square root.', ['math.sqrt(9)', 3], Math.sqrt),
  ofNumber('log', 'Its natural logarithm.', ['math.log(1)', 0], Math.log),
  ofNumber('log10', 'Its logarithm to the base of 10.', ['math.log10(100)', 2], Math.log10),
  ofNumber('sin', 'Its sine, of an angle in radians.', ['math.sin(0)', 0], Math.sin),
  ofNumber('cos', 'Its cosine.', ['math.cos(0)', 1], Math.cos),
  ofNumber('tan', 'Its tangent.', ['math.tan(0)', 0], Math.tan),
  defineFunction({
    name: 'math.round',
    summary: 'The nearest whole number; halves go up.',
    parameters: [number('x')],
    examples: [
      { source: 'math.round(1.5)', result: 2 },
      { source: 'math.round(-1.5)', result: -1 },
    ],
    apply: ([x]) => rounded(x),
  }),
  defineFunction({
    name: 'math.pow',
    summary: 'A power.',
    parameters: [number('x'), number('exponent')],
    examples: [{ source: 'math.pow(2, 10)', result: 1024 }],
    apply: ([x, exponent]) => finite(x ** exponent),
  }),
]);

/** Every function of the Aviator expressions of filters. */
export const aviatorFunctions: readonly ExpressionFunction[] = [
  ...records,
  ...system,
  ...sequences,
  ...texts,
  ...numbers,
];

export const aviatorFunctionTable: ReadonlyMap<string, ExpressionFunction> = new Map(
  aviatorFunctions.map((definition) => [definition.name, definition]),
);
