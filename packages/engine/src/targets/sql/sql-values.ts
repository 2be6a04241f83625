import type { JsonValue } from '@penstock/model';
import type { StreamRecord } from '../../record/stream-record.ts';

/** A column and the field whose value it gets: names from the top of the record downwards. */
export interface ColumnMapping {
  readonly column: string;
  readonly field: readonly string[];
}

/** Thrown for a value that no database could take as it is. */
export class ValueNotWritable extends Error {}

const WHOLE = /^(smallint|integer|bigint)$/;
const TIMES = /^(timestamp|date)/;
/** Further away no `Date` has a text. */
const MAX_TIME = 8.64e15;

/**
 * The value of a column as text, read by the database as what the column is; null where the record has none. Numbers
 * keep their digits; a number in a column of times is Unix milliseconds. Errors: `ValueNotWritable`.
 */
export const columnText = (record: StreamRecord, { column, field }: ColumnMapping, type: string): string | null => {
  const json = jsonAt(record, field);
  if (json === undefined || json === 'null') return null;
  if (type === 'json' || type === 'jsonb') return wellFormed(json, column);
  if (json.startsWith('"')) return wellFormed(String(JSON.parse(json)), column);
  if (!/^[-\d]/.test(json)) return wellFormed(json, column);
  if (TIMES.test(type)) return timeText(Number(json), column);
  const number = Number(json);
  // 3.0 and 3e2 are whole as well, and the database would not take them for it.
  return WHOLE.test(type) && !/^-?\d+$/.test(json) && Number.isSafeInteger(number) ? String(number) : json;
};

/** JSON text of a field; with the digits it came with where nobody has changed it. */
const jsonAt = (record: StreamRecord, [first, ...rest]: readonly string[]): string | undefined => {
  if (first === undefined) return record.toJson();
  if (rest.length === 0) return record.jsonOf(first);
  let value: JsonValue | undefined = record.get(first);
  for (const name of rest) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, JsonValue>>)[name];
  }
  return value === undefined ? undefined : JSON.stringify(value);
};

/** The library would put another character in place of half of one, and nobody would know. */
const wellFormed = (text: string, column: string): string => {
  if (!text.isWellFormed())
    throw new ValueNotWritable(`The text for "${column}" holds half of a surrogate pair, which is no character.`);
  return text;
};

const timeText = (ms: number, column: string): string => {
  if (!Number.isFinite(ms) || Math.abs(ms) > MAX_TIME)
    throw new ValueNotWritable(`The number for "${column}" is no time in Unix milliseconds.`);
  return new Date(ms).toISOString();
};
