import { AppError } from '@penstock/model';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/**
 * Reads JSON of a mode's own by its schema: what was stored by a version of long ago, or by another mode, is refused
 * by name instead of being taken for something else. The value itself is returned, not a copy.
 * Errors: `MODE_RECORD_INVALID`, with the first place that is wrong.
 */
export const readChecked =
  <T extends TSchema>(schema: T, what: string) =>
  <V>(value: V): V & Static<T> => {
    if (Value.Check(schema, value)) return value;
    const [first] = Value.Errors(schema, value);
    throw new AppError(
      'MODE_RECORD_INVALID',
      `The stored ${what} cannot be read${first === undefined ? '' : `: ${first.instancePath || '/'} ${first.message}`}.`,
      { domain: 'internal' },
    );
  };
