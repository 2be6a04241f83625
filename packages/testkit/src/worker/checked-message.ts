import type { Message } from '@penstock/model/messages';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/**
 * What a worker said, in the harness's place of whoever it was meant for: by its schema, as the peer expects it.
 * Errors: `Error` with the first place that is wrong, and what was said.
 */
export const checkedMessage = <S extends TSchema>(schema: S, given: unknown): Message<S> => {
  if (Value.Check(schema, given)) return given as Message<S>;
  const [first] = Value.Errors(schema, given);
  throw new Error(
    `A worker said what its schema does not allow, at ${first?.instancePath || '/'}: ${first?.message}\n${JSON.stringify(given)}`,
  );
};
