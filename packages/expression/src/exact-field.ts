import type { JsonValue } from '@penstock/model';
import type { FieldReader } from './field-reader.ts';
import { type FieldPath, fieldReader } from './syntax/field-path.ts';
import { type Value, wholeNumberOf } from './value.ts';

const WHOLE = /^-?\d+$/;

/** Turns each number that a double has not all digits of into its text. What a text is meant to be is told by `read`. */
const exactly = (_: string, value: unknown, context: { readonly source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && context.source !== undefined
    ? { exact: context.source }
    : value;

/**
 * The value of a field, with all digits where it is a whole number of 64 bits: `value` is what `read` gave, and is all
 * there is to know unless it is a whole number that a double may have rounded.
 */
export const exactValue = (value: JsonValue | undefined, record: FieldReader, path: FieldPath): Value | undefined => {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  const [first, ...rest] = path;
  const json = typeof first === 'string' ? record.jsonOf?.(first) : undefined;
  if (json === undefined) return value;
  const parsed = JSON.parse(json, exactly as (this: unknown, key: string, value: unknown) => unknown) as JsonValue;
  const found = fieldReader(['field', ...rest])({
    fields: { field: parsed },
    get: () => parsed,
    getAttr: () => undefined,
    getHeader: () => null,
  });
  const source = typeof found === 'object' && found !== null && !Array.isArray(found) ? found.exact : undefined;
  return typeof source === 'string' && WHOLE.test(source) ? wholeNumberOf(source) : value;
};
