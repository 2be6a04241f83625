/** A file that is no package of a library, told before it is sent. */
export class NotAPackage extends Error {}

/** The package in a file. Errors: `NotAPackage` where the file holds no JSON object. */
export const packageOf = (text: string): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NotAPackage(error instanceof Error ? error.message : String(error));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotAPackage('[ ]');
  return { ...value };
};

/** So much of a value is quoted. */
const MAX_QUOTE = 80;

/** What stands at a JSON Pointer of a package, in a line; a dash where nothing does. */
export const quoteAt = (held: unknown, pointer: string): string => {
  let value: unknown = held;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.keys(value).includes(name)) return '–';
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  const text = JSON.stringify(value) ?? '–';
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE - 1)}…` : text;
};
