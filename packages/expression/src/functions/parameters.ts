import type { JsonObject, JsonValue } from '@penstock/model';
import { toInteger, toList, toMap, toNumber, toNumeric, toText } from '../coercion.ts';
import { cachedParts, checkedInstant, readableParts } from '../dates/date-pattern.ts';
import { zoneOffset } from '../dates/time-zone.ts';
import { ExpressionError } from '../expression-error.ts';
import type { FieldReader } from '../field-reader.ts';
import { LinearPattern, PatternError } from '../pattern/linear-pattern.ts';
import { type FieldPath, fieldReader, isFieldPath, parseFieldPath } from '../syntax/field-path.ts';
import type { Numeric, Value } from '../value.ts';
import type { Parameter, ParameterType } from './define-function.ts';

const parameterOf =
  <T>(type: ParameterType<T>) =>
  (name: string): Parameter<T> => ({ name, type, use: 'required' });

export const optional = <T>(parameter: Parameter<T>): Parameter<T | undefined> => ({ ...parameter, use: 'optional' });
export const repeated = <T>(parameter: Parameter<T>): Parameter<T> => ({ ...parameter, use: 'repeated' });

export const anything = parameterOf<Value>({ name: 'value', read: (value) => value });
export const text = parameterOf<string>({ name: 'text', read: toText });
export const number = parameterOf<number>({ name: 'number', read: toNumber });
/** A number with all digits of a 64-bit integer. */
export const numeric = parameterOf<Numeric>({ name: 'number', read: toNumeric });
export const whole = parameterOf<number>({ name: 'whole number', read: toInteger });
export const list = parameterOf<readonly JsonValue[]>({ name: 'list', read: toList });
export const map = parameterOf<JsonObject>({ name: 'map', read: toMap });

/** Unix ms; null stays null, so that a date that is missing stays missing. */
export const dateTime = parameterOf<number | null>({
  name: 'date-time',
  read: (value) => (value === null ? null : checkedInstant(toNumber(value))),
});

export const datePattern = parameterOf<string>({
  name: 'date pattern',
  read: (value) => {
    const pattern = toText(value);
    cachedParts(pattern);
    return pattern;
  },
});

/** A date pattern by which texts are read. */
export const readingPattern = parameterOf<string>({
  name: 'date pattern',
  read: (value) => {
    const pattern = toText(value);
    readableParts(pattern);
    return pattern;
  },
});

export const timeZone = parameterOf<string>({
  name: 'time zone',
  read: (value) => {
    const zone = toText(value);
    zoneOffset(zone, 0);
    return zone;
  },
});

const CHARSETS = new Set(['UTF8', 'UTF-8', 'ASCII', 'US-ASCII']);

/** Only there because StreamSets has it: everything here is UTF-8. */
export const charset = parameterOf<string>({
  name: 'character set',
  read: (value) => {
    const name = toText(value).toUpperCase();
    if (!CHARSETS.has(name))
      throw new ExpressionError(`The character set "${toText(value)}" is not supported. Write 'UTF-8'.`);
    return name;
  },
});

/** The last few patterns that were no literals; literals are compiled once anyway. */
const patterns = new Map<string, LinearPattern>();
const MAX_PATTERNS = 50;

export const pattern = parameterOf<LinearPattern>({
  name: 'regular expression',
  read: (value) => {
    const source = toText(value);
    const known = patterns.get(source);
    if (known !== undefined) return known;
    let compiled: LinearPattern;
    try {
      compiled = LinearPattern.compile(source);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new ExpressionError(`The regular expression is not valid: ${error.message}`);
    }
    if (patterns.size >= MAX_PATTERNS) patterns.clear();
    patterns.set(source, compiled);
    return compiled;
  },
});

/** A field of a record, ready to be read. */
export interface Field {
  readonly path: FieldPath;
  /** Undefined where the record has no such field. */
  readonly read: (record: FieldReader) => JsonValue | undefined;
}

export const field = parameterOf<Field>({
  name: 'field path',
  isFieldPath: true,
  read: (value) => {
    if (value !== null && typeof value !== 'string')
      throw new ExpressionError("A field path is a text such as '/value'.");
    const source = toText(value);
    const path = parseFieldPath(source);
    if (!isFieldPath(path))
      throw new ExpressionError(
        `"${source}" is not a field path: ${path.problem}. Paths look like /attr/list[0]/name.`,
      );
    return { path, read: fieldReader(path) };
  },
});
