/** A value inside of a JSON text, with its place and its own spelling. */
export interface Field {
  /** As expressions write it: `/measurements/0/value`. */
  readonly path: string;
  readonly type: 'object' | 'list' | 'text' | 'number' | 'boolean' | 'null';
  /** As it stands in the text: digits of numbers stay, however many there are. */
  readonly text: string;
}

/** Fields that are listed at most. */
export const MAX_FIELDS = 500;

/** What `JSON.parse` tells a reviver beside key and value, where it can. */
interface Source {
  readonly source?: string;
}

/** A number that keeps the digits it was written with. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const parseExactly = (text: string): unknown =>
  JSON.parse(text, (_key: string, value: unknown, context?: Source) =>
    typeof value === 'number' ? new Digits(context?.source ?? String(value)) : value,
  );

const step = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** All fields of a JSON text in order, each with its path and type. Errors: `SyntaxError` where it is no JSON. */
export const fieldsOf = (text: string): readonly Field[] => {
  const fields: Field[] = [];
  const walk = (value: unknown, path: string): void => {
    if (fields.length >= MAX_FIELDS) return;
    if (value instanceof Digits) fields.push({ path, type: 'number', text: value.text });
    else if (typeof value === 'string') fields.push({ path, type: 'text', text: value });
    else if (typeof value === 'boolean') fields.push({ path, type: 'boolean', text: String(value) });
    else if (Array.isArray(value)) {
      fields.push({ path, type: 'list', text: `[${value.length}]` });
      for (const [index, item] of value.entries()) walk(item, `${path}/${index}`);
    } else if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value);
      if (path !== '') fields.push({ path, type: 'object', text: `{${entries.length}}` });
      for (const [key, item] of entries) walk(item, `${path}${step(key)}`);
    } else fields.push({ path, type: 'null', text: 'null' });
  };
  walk(parseExactly(text), '');
  return fields;
};
