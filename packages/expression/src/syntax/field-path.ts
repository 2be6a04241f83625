import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { FieldReader } from '../field-reader.ts';

/** Names of map entries and indexes of list items, from the record downwards. Empty: the record itself. */
export type FieldPath = readonly (string | number)[];

const NAME_END = /[/[\]]/g;

const readQuoted = (text: string, start: number): { name: string; end: number } | undefined => {
  const quote = text[start];
  let name = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] as string;
    if (character === quote) return { name, end: at + 1 };
    if (character === '\\' && at + 1 < text.length) name += text[++at];
    else name += character;
  }
  return undefined;
};

/**
 * Reads a field path as SDC spells it (contract D.6): `/field`, `/map/key`, `/list[0]/key`, `/"quoted name"`,
 * `/` for the whole record. Returns what is wrong as text where it is none.
 */
export const parseFieldPath = (text: string): FieldPath | { readonly problem: string } => {
  if (text === '' || text === '/') return [];
  const path: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '[') {
      const close = text.indexOf(']', at);
      const index = close < 0 ? '' : text.slice(at + 1, close);
      if (!/^\d{1,9}$/.test(index)) return { problem: `at ${at} a whole number and "]" should follow "["` };
      path.push(Number(index));
      at = close + 1;
      continue;
    }
    if (text[at] !== '/') return { problem: at === 0 ? 'it does not begin with "/"' : `at ${at} a "/" is missing` };
    at++;
    if (text[at] === '"' || text[at] === "'") {
      const quoted = readQuoted(text, at);
      if (quoted === undefined) return { problem: `the quote at ${at} is not closed` };
      path.push(quoted.name);
      at = quoted.end;
      continue;
    }
    NAME_END.lastIndex = at;
    const end = NAME_END.exec(text)?.index ?? text.length;
    if (end === at) return { problem: `a field name is missing at ${at}` };
    path.push(text.slice(at, end));
    at = end;
  }
  return path;
};

export const isFieldPath = (parsed: FieldPath | { readonly problem: string }): parsed is FieldPath =>
  Array.isArray(parsed);

/** The value below `value` at `path` from index `from`; undefined where there is none. */
const descend = (value: JsonValue | undefined, path: FieldPath, from: number): JsonValue | undefined => {
  let found = value;
  for (let i = from; i < path.length && found !== undefined; i++) {
    const step = path[i] as string | number;
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined;
    else found = isJsonObject(found) && Object.hasOwn(found, step) ? (found as JsonObject)[step] : undefined;
  }
  return found;
};

/** A function that reads a path from a record; undefined where the record has no such field. */
export const fieldReader = (path: FieldPath): ((record: FieldReader) => JsonValue | undefined) => {
  const [first, second] = path;
  if (first === undefined) return (record) => record.fields;
  if (typeof first === 'number') return () => undefined;
  if (path.length === 1) return (record) => record.get(first);
  if (first === 'attr' && typeof second === 'string') {
    if (path.length === 2) return (record) => record.getAttr(second);
    return (record) => descend(record.getAttr(second), path, 2);
  }
  return (record) => descend(record.get(first), path, 1);
};

/** The value at a path of a record; undefined where it has none. For many records, `fieldReader` is made once. */
export const readFieldPath = (record: FieldReader, path: FieldPath): JsonValue | undefined => fieldReader(path)(record);
