import type { JsonObject, JsonValue } from '@penstock/model';
import { usageFailure } from '../failure.ts';

/** Values by name, of one environment. */
export type Parameters = Readonly<Record<string, JsonValue>>;

const REFERENCE = /\$\{([A-Za-z][A-Za-z0-9_.-]*)\}/g;
const WHOLE = /^\$\{([A-Za-z][A-Za-z0-9_.-]*)\}$/;

/**
 * A document with `${name}` replaced wherever it stands in a text. A text that is nothing but a reference becomes the
 * value itself, number or list as it may be; `$${` stands for `${`. Errors: a parameter that the environment lacks,
 * with where it stands.
 */
export const fillIn = (document: JsonObject, parameters: Parameters, where: string): JsonObject => {
  const parameterOf = (name: string, pointer: string): JsonValue => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value !== undefined) return value;
    throw usageFailure(`${where}${pointer}: the environment has no parameter "${name}".`);
  };
  const inText = (text: string, pointer: string): JsonValue => {
    const whole = WHOLE.exec(text)?.[1];
    if (whole !== undefined) return parameterOf(whole, pointer);
    return text
      .split('$${')
      .map((part) =>
        part.replace(REFERENCE, (_, name: string) => {
          const value = parameterOf(name, pointer);
          return typeof value === 'string' ? value : JSON.stringify(value);
        }),
      )
      .join('${');
  };
  const walk = (value: JsonValue, pointer: string): JsonValue => {
    if (typeof value === 'string') return inText(value, pointer);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${pointer}/${index}`));
    if (typeof value === 'object' && value !== null) return inObject(value as JsonObject, pointer);
    return value;
  };
  const inObject = (object: JsonObject, pointer: string): JsonObject =>
    Object.fromEntries(
      Object.entries(object).flatMap(([key, value]) =>
        value === undefined
          ? []
          : [[key, walk(value, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)]],
      ),
    );
  return inObject(document, '');
};
