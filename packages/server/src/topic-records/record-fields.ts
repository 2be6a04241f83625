import { isCut, type SampledRecord, textOf } from './sampled-record.ts';

const MAX_FIELDS = 100;
const MAX_SAMPLE_FIELDS = 300;
const MAX_TEXT = 200;
/** Objects within objects that are taken apart; deeper ones are one field. */
const MAX_DEPTH = 4;
/** Brackets within brackets; what has more is not taken apart at all. */
const MAX_NESTING = 64;

export type FieldType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

export interface RecordField {
  /** JSON Pointer. */
  readonly path: string;
  readonly type: FieldType;
  /** JSON, numbers with the digits they have in the message; long ones cut. */
  readonly text: string;
}

export interface DecodedFields {
  readonly fields: readonly RecordField[];
  /** The message is an array, and its paths begin with a place in it. */
  readonly isArray: boolean;
  /** Why there are none, where the message could not be taken apart. */
  readonly fault: 'RECORD_VALUE_NULL' | 'RECORD_NOT_UTF8' | 'RECORD_NOT_JSON' | undefined;
}

/** A number as the message spells it: JavaScript's own do not hold every digit. */
class Spelled {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The fields of a message that is JSON. One that was cut has none: its end is not there. */
export const fieldsOf = (record: SampledRecord): DecodedFields => {
  if (record.value.bytes === null) return without('RECORD_VALUE_NULL');
  if (isCut(record.value)) return without(undefined);
  const text = textOf(record.value);
  if (text === undefined) return without('RECORD_NOT_UTF8');
  try {
    const fields: RecordField[] = [];
    if (isNestedDeeply(text)) {
      addField(fields, '', JSON.parse(text), text);
      return { fields, isArray: false, fault: undefined };
    }
    const value = parseSpelled(text);
    takeApart(fields, '', value, 0);
    return { fields, isArray: Array.isArray(value), fault: undefined };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return without('RECORD_NOT_JSON');
  }
};

const without = (fault: DecodedFields['fault']): DecodedFields => ({ fields: [], isArray: false, fault });

/** Whether brackets stand within brackets more than so many times; those within strings do not count. */
const isNestedDeeply = (text: string): boolean => {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > MAX_NESTING) return true;
  }
  return false;
};

type Reviver = (key: string, value: unknown) => unknown;

/** Errors: `SyntaxError`. */
const parseSpelled = (text: string): unknown => {
  const reviver = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
    typeof value === 'number' && source !== undefined ? new Spelled(source) : value;
  // The third parameter is part of the language; the library's types do not know it yet.
  return JSON.parse(text, reviver as Reviver);
};

const takeApart = (fields: RecordField[], path: string, value: unknown, depth: number): void => {
  if (fields.length >= MAX_FIELDS) return;
  // A message may be an array of records; further arrays are values.
  const entries = isParent(value) && (depth === 0 || !Array.isArray(value)) ? Object.entries(value) : [];
  if (entries.length === 0 || depth >= MAX_DEPTH) addField(fields, path, value, spell(value));
  else
    for (const [name, inner] of entries)
      takeApart(fields, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, inner, depth + 1);
};

const isParent = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Spelled);

const addField = (fields: RecordField[], path: string, value: unknown, text: string): void => {
  const shown = text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
  fields.push({ path, type: typeOf(value), text: shown });
};

const typeOf = (value: unknown): FieldType => {
  if (value === null) return 'null';
  if (value instanceof Spelled) return 'number';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'string' | 'boolean' | 'object'; // JSON has no others
};

const spell = (value: unknown): string => {
  if (value instanceof Spelled) return value.text;
  if (!isParent(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spell).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}:${spell(inner)}`)
    .join(',')}}`;
};

/** A field of a sample of records. */
export interface SampleField {
  /** JSON Pointer; `*` for the place in a message that is an array. */
  readonly path: string;
  readonly types: readonly FieldType[];
  /** Records, or items of messages that are arrays, that have it. */
  readonly count: number;
  readonly example: string;
}

/** The fields that the records of a sample have, in the order they were seen; of very many the first. */
export const sampleFieldsOf = (records: readonly DecodedFields[]): SampleField[] => {
  const found = new Map<string, { types: Set<FieldType>; count: number; example: string }>();
  for (const { fields, isArray } of records)
    for (const { path, type, text } of fields) {
      const name = isArray ? path.replace(ARRAY_PLACE, '/*') : path;
      const known = found.get(name);
      if (known !== undefined) {
        known.types.add(type);
        known.count += 1;
      } else if (found.size < MAX_SAMPLE_FIELDS) found.set(name, { types: new Set([type]), count: 1, example: text });
    }
  return [...found].map(([path, { types, count, example }]) => ({ path, types: [...types], count, example }));
};

const ARRAY_PLACE = /^\/\d+(?=\/|$)/;
