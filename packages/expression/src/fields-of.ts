import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { FieldReader } from './field-reader.ts';

/** A record made by hand: plain fields, and header attributes where given. For examples and tests. */
export const fieldsOf = (fields: JsonObject, headers: Readonly<Record<string, JsonValue>> = {}): FieldReader => {
  const own = (object: JsonObject, name: string): JsonValue | undefined =>
    Object.hasOwn(object, name) ? object[name] : undefined;
  return {
    fields,
    get: (name) => own(fields, name),
    getAttr: (name) => {
      const attr = own(fields, 'attr');
      return isJsonObject(attr) ? own(attr, name) : undefined;
    },
    getHeader: (name) => (Object.hasOwn(headers, name) ? headers[name] : null) ?? null,
  };
};
