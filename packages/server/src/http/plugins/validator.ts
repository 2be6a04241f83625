import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/**
 * Checks requests against their schemas: bodies as they are, query and path after turning text into numbers and
 * booleans. All problems are found, not just the first.
 */
export const createValidatorCompiler = (): FastifySchemaCompiler<TSchema> => {
  const exact = new Ajv({ allErrors: true, useDefaults: true, strict: false, validateFormats: false });
  const fromText = new Ajv({
    allErrors: true,
    useDefaults: true,
    strict: false,
    validateFormats: false,
    coerceTypes: true,
  });
  return ({ schema, httpPart }) => (httpPart === 'body' ? exact : fromText).compile(schema);
};
