import { isJsonObject, type JsonObject, type JsonValue, pointer } from '@penstock/model';

/** Values by name, of one environment. */
export type Parameters = ReadonlyMap<string, JsonValue>;

/** `${param:NAME}`: in no expression and no script does that mean anything else. */
const REFERENCE = /(\$?)\$\{param:([^}]*)\}/g;
const WHOLE = /^\$\{param:([^}]*)\}$/;

/**
 * A document with `${param:name}` replaced wherever it stands in a text. A text that is nothing but a reference becomes
 * the value itself, number or list as it may be; `$${param:name}` stands for itself, with one dollar sign less.
 * `onMissing` is told of each parameter there is no value for, with where it stands.
 */
export const fillIn = (
  document: JsonObject,
  parameters: Parameters,
  onMissing: (name: string, at: string) => void,
): JsonObject => {
  const parameterAt = (name: string, at: string): JsonValue => {
    const value = parameters.get(name);
    if (value === undefined) onMissing(name, at);
    return value ?? null;
  };
  const inText = (text: string, at: string): JsonValue => {
    const whole = WHOLE.exec(text)?.[1];
    if (whole !== undefined) return parameterAt(whole, at);
    return text.replaceAll(REFERENCE, (all, dollar: string, name: string) => {
      if (dollar !== '') return all.slice(1);
      const value = parameterAt(name, at);
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
  };
  const walk = (value: JsonValue, at: string): JsonValue => {
    if (typeof value === 'string') return inText(value, at);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, at + pointer(index)));
    return isJsonObject(value) ? inObject(value, at) : value;
  };
  const inObject = (object: JsonObject, at: string): JsonObject =>
    Object.fromEntries(
      Object.entries(object).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, walk(value, at + pointer(key))]],
      ),
    );
  return inObject(document, '');
};
