export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
export const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);
export const objectsIn = (value: JsonValue | undefined): readonly JsonObject[] => listOf(value).filter(isObject);
export const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
export const textsOf = (value: JsonValue | undefined): readonly string[] =>
  listOf(value).filter((item): item is string => typeof item === 'string');

/** What newer browsers have of `JSON`; without it numbers are those of the language, as everywhere. */
interface ExactJson {
  readonly rawJSON?: (text: string) => JsonObject;
  readonly isRawJSON?: (value: unknown) => boolean;
}
const exact = JSON as ExactJson;

/** A number that this language cannot hold: it stays as it was written. */
const isExactNumber = (value: unknown): boolean => exact.isRawJSON?.(value) === true;
/** So many digits a number of the language always keeps. */
const SAFE_DIGITS = 15;

const reviveExactly = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || exact.rawJSON === undefined) return value;
  const isKept = Number.isFinite(value) && source.replace(/\D/g, '').length <= SAFE_DIGITS;
  return isKept ? value : exact.rawJSON(source);
};

/** Reads JSON; numbers with more digits than the language keeps stay as they were written. Throws SyntaxError. */
export const parseJson = (text: string): JsonValue => JSON.parse(text, reviveExactly) as JsonValue;

export const printJson = (value: JsonValue, indent = 0): string => JSON.stringify(value, null, indent);

/** A value as people read it in one line: a text without quotes. */
export const shownJson = (value: JsonValue | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : printJson(value);

export const isSame = (one: JsonValue | undefined, other: JsonValue | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && printJson(sorted(one)) === printJson(sorted(other)));

/** With the members of objects in one order, so that they can be compared as text. */
const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name] ?? null)]));
};
