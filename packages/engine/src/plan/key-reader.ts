import { compileExpression } from '@penstock/expression';
import { AppError, isJsonObject, type JsonValue, messageOf } from '@penstock/model';
import type { StageContext } from '../operator/index.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import { isExpression, type KeyTerms, stepsOf } from './key-terms.ts';

export const KEY_NOT_VALID = 'KEY_NOT_VALID';

/** Longest part of a key, in UTF-16 units: keys are kept in memory, and in every entry of the changelog. */
export const MAX_KEY_PART = 1024;

/** The parts of a key, one per term. Throws `KEY_NOT_VALID` for a record that has none, saying which part. */
export type KeyReader = (record: StreamRecord) => readonly string[];

/**
 * Reads keys. Texts stand for themselves; numbers and truth values for their JSON text, whole numbers with all digits
 * up to 64 bits. So `1` and `"1"` are one key. What is missing, null, empty, an object, a list or too long is no key.
 */
export const keyReaderOf = (terms: KeyTerms): KeyReader => {
  const readers = terms.map(partReader);
  return (record) => readers.map((read) => read(record));
};

/** The same for operators: a record without a key is made an error. */
export const keyOrError = (terms: KeyTerms): StageContext['keyOf'] => {
  const read = keyReaderOf(terms);
  return (record, out) => {
    try {
      return read(record);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== KEY_NOT_VALID) throw error;
      out.error(record, error.code, error.message);
      return undefined;
    }
  };
};

/**
 * The text whose hash chooses the partition of a record: the parts of its key. A record without a key goes wherever an
 * empty one would: the stage behind the cut makes an error of it, as it does where there is no cut.
 */
export const partitionTextOf = (terms: KeyTerms): ((record: StreamRecord) => string) => {
  const readers = terms.map(valueReader);
  return (record) => partitionText(readers.map((read) => looseText(read, record)));
};

/** The same text from the parts of a key. */
export const partitionText = (parts: readonly string[]): string => parts.join('\u0000');

type ValueReader = (record: StreamRecord) => JsonValue | undefined;

const partReader = (term: string): ((record: StreamRecord) => string) => {
  const read = valueReader(term);
  const name = isExpression(term) ? term : `"${term}"`;
  return (record) => {
    const value = read(record);
    if (value === undefined || value === null || value === '') throw keyNotValid(`${name} is missing or empty`);
    if (typeof value === 'object') throw keyNotValid(`${name} is no single value`);
    const text = typeof value === 'string' ? value : String(value);
    if (text.length > MAX_KEY_PART)
      throw keyNotValid(`${name} has ${text.length} characters, more than ${MAX_KEY_PART}`);
    return text;
  };
};

const looseText = (read: ValueReader, record: StreamRecord): string => {
  let value: JsonValue | undefined;
  try {
    value = read(record);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== KEY_NOT_VALID) throw error;
  }
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
};

const valueReader = (term: string): ValueReader => {
  if (isExpression(term)) return expressionReader(term);
  const steps = stepsOf(term);
  const [first = '', ...rest] = steps;
  return (record) => {
    const value = descend(record.get(first), rest);
    return isRounded(value) ? (exactDigits(record.jsonOf(first), rest) ?? value) : value;
  };
};

const expressionReader = (source: string): ValueReader => {
  const compiled = compileExpression(source);
  if (!compiled.ok) throw new AppError('STAGE_KEY_NOT_VALID', `"${source}" is no expression.`, { domain: 'internal' });
  return (record) => {
    try {
      const value = compiled.evaluate(record);
      return typeof value === 'bigint' ? value.toString() : value;
    } catch (error) {
      throw keyNotValid(`${source} cannot be evaluated (${messageOf(error)})`);
    }
  };
};

/** Whether a double may not have all digits of the whole number: two ids that differ in others are two keys. */
const isRounded = (value: JsonValue | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);

/** The whole number as the record spells it; undefined where it is spelled another way (`1e20`). */
const exactDigits = (json: string | undefined, steps: readonly string[]): string | undefined => {
  if (json === undefined) return undefined;
  const spelled = JSON.parse(json, asSpelled as (this: unknown, key: string, value: unknown) => unknown) as JsonValue;
  const found = descend(spelled, steps);
  return typeof found === 'string' && /^-?\d+$/.test(found) ? found : undefined;
};

const asSpelled = (_: string, value: unknown, context: { readonly source?: string }): unknown =>
  typeof value === 'number' ? context.source : value;

const descend = (value: JsonValue | undefined, steps: readonly string[]): JsonValue | undefined => {
  let found = value;
  for (const step of steps) {
    if (Array.isArray(found)) found = /^\d+$/.test(step) ? found[Number(step)] : undefined;
    else found = isJsonObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
};

const keyNotValid = (what: string): AppError =>
  new AppError(KEY_NOT_VALID, `${what}: the records of this stage are brought together by it.`, { domain: 'user' });
