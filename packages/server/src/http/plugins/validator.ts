import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

const COMMON = { useDefaults: true, strict: false, validateFormats: false } as const;

/** Values of a body up to which everything that is wrong with it is looked for. */
const MAX_SEARCHED_VALUES = 2000;

/**
 * Checks requests against their schemas: bodies as they are, query and path after turning text into numbers and
 * booleans. Whether a body is good is found by its first fault; all faults are looked for only where the body is
 * small, since there may be several for each of its values.
 */
export const createValidatorCompiler = (): FastifySchemaCompiler<TSchema> => {
  const exact = { first: new Ajv(COMMON), all: new Ajv({ ...COMMON, allErrors: true }) };
  const fromText = {
    first: new Ajv({ ...COMMON, coerceTypes: true }),
    all: new Ajv({ ...COMMON, coerceTypes: true, allErrors: true }),
  };
  return ({ schema, httpPart }) => {
    const { first, all } = httpPart === 'body' ? exact : fromText;
    const isGood = first.compile(schema);
    let search: ValidateFunction | undefined;
    const check = Object.assign(
      (value: unknown): boolean => {
        check.errors = null;
        if (isGood(value)) return true;
        check.errors = isGood.errors;
        if (hasAtMost(MAX_SEARCHED_VALUES, value)) {
          search ??= all.compile(schema);
          if (!search(value)) check.errors = search.errors;
        }
        return false;
      },
      { errors: null as ValidateFunction['errors'] },
    );
    return check as ReturnType<FastifySchemaCompiler<TSchema>>;
  };
};

/** Whether a JSON value consists of at most so many values; looks at no more of them than that. */
const hasAtMost = (most: number, value: unknown): boolean => {
  const waiting: unknown[] = [value];
  for (let seen = 1; waiting.length > 0; ) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const name in next) {
      seen += 1;
      if (seen > most) return false;
      waiting.push((next as Record<string, unknown>)[name]);
    }
  }
  return true;
};
