import { type Static, type TSchema, Type } from 'typebox';

const named = new Map<string, TSchema>();

/**
 * Gives a schema the name under which the OpenAPI document and generated clients know it, and answers a reference to
 * it, with the type of what it refers to. Called where a schema is defined, so that it is known before any route.
 */
export const nameSchema = <T extends TSchema>(name: string, schema: T) => {
  if (named.has(name)) throw new Error(`There are two schemas called "${name}"`);
  named.set(name, { ...schema, $id: name } as TSchema);
  return Type.Unsafe<Static<T>>(Type.Ref(name));
};

/** Every schema with a name; an application has to know them before its routes. */
export const namedSchemas = (): readonly TSchema[] => [...named.values()];
