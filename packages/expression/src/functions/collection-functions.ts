import type { JsonValue } from '@penstock/model';
import { isEmpty, isEqual, memberOf, toInteger, toList, toMap, toText } from '../coercion.ts';
import { checkedText, ExpressionError } from '../expression-error.ts';
import { pureFunction } from './function-definition.ts';

const sizeOf = (value: JsonValue): number => {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.length;
  if (value === null) return 0;
  if (typeof value === 'object') return Object.keys(value).length;
  throw new ExpressionError('Only lists, maps and texts have a size.');
};

export const collectionFunctions = [
  pureFunction('size(value)', 'Number of items of a list, entries of a map or characters of a text.', (a = null) =>
    sizeOf(a),
  ),
  pureFunction('emptyList()', 'A list without items.', () => []),
  pureFunction('emptyMap()', 'A map without entries.', () => ({})),
  pureFunction('isEmptyList(list)', 'True for a list without items, and for null.', (a = null) => isEmpty(toList(a))),
  pureFunction('isEmptyMap(map)', 'True for a map without entries, and for null.', (a = null) => isEmpty(toMap(a))),
  pureFunction('list:size(list)', 'Number of items.', (a = null) => toList(a).length),
  pureFunction(
    'list:get(list, index)',
    'The item at an index, counted from 0; null where there is none.',
    (a = null, b = null) => memberOf(toList(a), toInteger(b)),
  ),
  pureFunction('list:contains(list, value)', 'True where an item equals the value.', (a = null, b = null) =>
    toList(a).some((item) => isEqual(item, b)),
  ),
  pureFunction('list:join(list, separator)', 'The items as one text.', (a = null, b = null) =>
    checkedText(toList(a).map(toText).join(toText(b))),
  ),
  pureFunction('map:size(map)', 'Number of entries.', (a = null) => Object.keys(toMap(a)).length),
  pureFunction('map:get(map, name)', 'The entry of a name; null where there is none.', (a = null, b = null) =>
    memberOf(toMap(a), toText(b)),
  ),
  pureFunction('map:containsKey(map, name)', 'True where the map has an entry of that name.', (a = null, b = null) =>
    Object.hasOwn(toMap(a), toText(b)),
  ),
  pureFunction('map:keys(map)', 'The names of the entries as a list.', (a = null) => Object.keys(toMap(a))),
  pureFunction(
    'map:join(map, entrySeparator, keyValueSeparator)',
    'The entries as one text.',
    (a = null, b = null, c = null) =>
      checkedText(
        Object.entries(toMap(a))
          .map(([name, value]) => `${name}${toText(c)}${toText(value)}`)
          .join(toText(b)),
      ),
  ),
];
