import type { JsonValue } from '@penstock/model';
import { isEmpty, isEqual, memberOf, toText } from '../coercion.ts';
import { checkedText, ExpressionError } from '../expression-error.ts';
import type { Value } from '../value.ts';
import { defineFunction, family } from './define-function.ts';
import { anything, list, map, pattern, text, whole } from './parameters.ts';

const sizeOf = (value: Value): number => {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.length;
  if (value === null) return 0;
  if (typeof value === 'object') return Object.keys(value).length;
  throw new ExpressionError('Only lists, maps and texts have a size.');
};

/** What an item is joined as: nulls are seen, so that no item gets lost without a trace. */
const itemText = (item: JsonValue): string => (item === null ? 'null' : toText(item));

const record = { list: [1, 2, null, 4], map: { a: 1, b: null, c: 'xyz' } };
const LIST = "record:value('/list')";
const MAP = "record:value('/map')";

export const listsAndMaps = family('Lists and maps', [
  ...(['size', 'length'] as const).map((name) =>
    defineFunction({
      name,
      summary: 'Number of items of a list, entries of a map or characters of a text.',
      parameters: [anything('value')],
      examples: [
        { source: `\${${name}(${LIST})}`, result: 4, record },
        { source: `\${${name}(${MAP})}`, result: 3, record },
      ],
      apply: ([value]) => sizeOf(value),
    }),
  ),
  defineFunction({
    name: 'emptyList',
    summary: 'A list without items.',
    parameters: [],
    examples: [{ source: '${emptyList()}', result: [] }],
    apply: () => [],
  }),
  defineFunction({
    name: 'emptyMap',
    summary: 'A map without entries.',
    parameters: [],
    examples: [{ source: '${emptyMap()}', result: {} }],
    apply: () => ({}),
  }),
  defineFunction({
    name: 'isEmptyList',
    summary: 'True for a list without items, and for null.',
    parameters: [list('list')],
    examples: [{ source: '${isEmptyList(emptyList())}', result: true }],
    apply: ([items]) => items.length === 0,
  }),
  defineFunction({
    name: 'isEmptyMap',
    summary: 'True for a map without entries, and for null.',
    parameters: [map('map')],
    examples: [{ source: `\${isEmptyMap(${MAP})}`, result: false, record }],
    apply: ([entries]) => isEmpty(entries),
  }),
  defineFunction({
    name: 'list:size',
    summary: 'Number of items.',
    parameters: [list('list')],
    examples: [{ source: `\${list:size(${LIST})}`, result: 4, record }],
    apply: ([items]) => items.length,
  }),
  ...(['list:get', 'collection:get'] as const).map((name) =>
    defineFunction({
      name,
      summary: 'The item at an index, counted from 0; null where there is none.',
      parameters: [list('list'), whole('index')],
      examples: [
        { source: `\${${name}(${LIST}, 1)}`, result: 2, record },
        { source: `\${${name}(${LIST}, 9)}`, result: null, record },
      ],
      apply: ([items, index]) => items[index] ?? null,
    }),
  ),
  ...(['list:contains', 'collection:contains'] as const).map((name) =>
    defineFunction({
      name,
      summary: 'True where an item equals the value.',
      parameters: [list('list'), anything('value')],
      examples: [{ source: `\${${name}(${LIST}, 2)}`, result: true, record }],
      apply: ([items, value]) => items.some((item) => isEqual(item, value)),
    }),
  ),
  defineFunction({
    name: 'collection:filterByRegEx',
    summary: 'The items whose text the regular expression matches as a whole.',
    parameters: [list('list'), pattern('regex')],
    examples: [{ source: `\${collection:filterByRegEx(${LIST}, '[2-9]')}`, result: [2, 4], record }],
    apply: ([items, regex]) => items.filter((item) => regex.matchesWhole(toText(item))),
  }),
  defineFunction({
    name: 'list:join',
    summary: 'The items as one text; null as `null`.',
    parameters: [list('list'), text('separator')],
    examples: [{ source: `\${list:join(${LIST}, ',')}`, result: '1,2,null,4', record }],
    apply: ([items, separator]) => checkedText(items.map(itemText).join(separator)),
  }),
  defineFunction({
    name: 'list:joinSkipNulls',
    summary: 'The items that are not null as one text.',
    parameters: [list('list'), text('separator')],
    examples: [{ source: `\${list:joinSkipNulls(${LIST}, ',')}`, result: '1,2,4', record }],
    apply: ([items, separator]) =>
      checkedText(
        items
          .filter((item) => item !== null)
          .map(toText)
          .join(separator),
      ),
  }),
  defineFunction({
    name: 'map:size',
    summary: 'Number of entries.',
    parameters: [map('map')],
    examples: [{ source: `\${map:size(${MAP})}`, result: 3, record }],
    apply: ([entries]) => Object.keys(entries).length,
  }),
  defineFunction({
    name: 'map:get',
    summary: 'The entry of a name; null where there is none.',
    parameters: [map('map'), text('name')],
    examples: [{ source: `\${map:get(${MAP}, 'c')}`, result: 'xyz', record }],
    apply: ([entries, name]) => memberOf(entries, name),
  }),
  defineFunction({
    name: 'map:containsKey',
    summary: 'True where the map has an entry of that name.',
    parameters: [map('map'), text('name')],
    examples: [{ source: `\${map:containsKey(${MAP}, 'b')}`, result: true, record }],
    apply: ([entries, name]) => Object.hasOwn(entries, name),
  }),
  defineFunction({
    name: 'map:keys',
    summary: 'The names of the entries as a list.',
    parameters: [map('map')],
    examples: [{ source: `\${map:keys(${MAP})}`, result: ['a', 'b', 'c'], record }],
    apply: ([entries]) => Object.keys(entries),
  }),
  defineFunction({
    name: 'map:join',
    summary: 'The entries as one text; null as `null`.',
    parameters: [map('map'), text('entrySeparator'), text('keyValueSeparator')],
    examples: [{ source: `\${map:join(${MAP}, ',', '=')}`, result: 'a=1,b=null,c=xyz', record }],
    apply: ([entries, entrySeparator, keyValueSeparator]) =>
      checkedText(
        Object.entries(entries)
          .map(([name, value]) => `${name}${keyValueSeparator}${itemText(value)}`)
          .join(entrySeparator),
      ),
  }),
]);
