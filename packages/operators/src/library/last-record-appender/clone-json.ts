import type { JsonObject, JsonValue } from '@penstock/model';

/** A deep copy of JSON data; several times faster than `structuredClone`, which looks for much that JSON has not. */
export const cloneJson = (value: JsonValue): JsonValue => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneJson);
  return cloneObject(value);
};

export const cloneObject = (value: JsonObject): JsonObject => {
  const copy: JsonObject = {};
  for (const name of Object.keys(value)) {
    const member = cloneJson(value[name] as JsonValue);
    if (name === '__proto__')
      Object.defineProperty(copy, name, { value: member, enumerable: true, configurable: true, writable: true });
    else copy[name] = member;
  }
  return copy;
};
