/**
 * JSON as text. Documents are stored and given back as they were sent: parsing and writing them again would change
 * numbers beyond 2^53, number spelling, and duplicate keys. These functions find their way in the text instead.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** Position behind the string that starts at `at`. */
const skipString = (text: string, at: number): number => {
  for (let i = at + 1; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === BACKSLASH) i += 1;
    else if (c === QUOTE) return i + 1;
  }
  return text.length;
};

const isOpening = (c: number): boolean => c === 0x7b || c === 0x5b;
const isClosing = (c: number): boolean => c === 0x7d || c === 0x5d;
const isBlank = (c: number): boolean => c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d;

/** Deepest nesting of arrays and objects; works on any text, so it can be asked before anything parses it. */
export const nestingOf = (text: string): number => shapeOf(text).nesting;

/**
 * Deepest nesting, and how many values there may be (every comma and every bracket that opens counts); of any text, so
 * that it can be asked before anything parses it. Commas within strings are no matter.
 */
const shapeOf = (text: string): { readonly nesting: number; readonly values: number } => {
  let depth = 0;
  let deepest = 0;
  let values = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = skipString(text, i) - 1;
    else if (isOpening(c)) {
      depth += 1;
      values += 1;
      if (depth > deepest) deepest = depth;
    } else if (isClosing(c)) depth -= 1;
    else if (c === COMMA) values += 1;
  }
  return { nesting: deepest, values };
};

/** What clients send has ten bytes a value or more. */
const LEAST_BYTES_PER_VALUE = 8;
/** Small texts may be as dense as they like. */
const FREE_VALUES = 20_000;

/**
 * Whether a text would be many times its size in memory: an empty object takes three bytes of it and sixty once it is
 * parsed, of which the budget for bodies knows nothing.
 */
export const isTooDense = (text: string): boolean =>
  shapeOf(text).values > FREE_VALUES + text.length / LEAST_BYTES_PER_VALUE;

/**
 * The members of an object as pieces of its text, by name; of duplicate names the last one, as `JSON.parse` does.
 * `text` must be valid JSON, with an object outermost.
 */
export const membersOf = (text: string): ReadonlyMap<string, string> => {
  const members = new Map<string, string>();
  let at = skipBlanks(text, text.indexOf('{') + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = skipString(text, at);
    const name: unknown = JSON.parse(text.slice(at, nameEnd));
    const start = skipBlanks(text, text.indexOf(':', nameEnd) + 1);
    const end = skipValue(text, start);
    members.set(String(name), text.slice(start, end));
    at = skipBlanks(text, end);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return members;
};

/** The elements of an array as pieces of its text, in order. `text` must be valid JSON, with an array outermost. */
export const elementsOf = (text: string): readonly string[] => {
  const elements: string[] = [];
  let at = skipBlanks(text, text.indexOf('[') + 1);
  while (at < text.length && !isClosing(text.charCodeAt(at))) {
    const end = skipValue(text, at);
    elements.push(text.slice(at, end));
    at = skipBlanks(text, end);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return elements;
};

const skipBlanks = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
};

const skipValue = (text: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) {
      at = skipString(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (isOpening(c)) depth += 1;
    else if (isClosing(c)) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (c === 0x2c || isBlank(c))) return at;
  }
  return text.length;
};

/**
 * The same JSON with halves of surrogate pairs written as escapes: a text of JSON that came as a JSON string can hold
 * them in clear, and those have no UTF-8 form. They can only stand inside strings, so this changes no value.
 */
export const withEscapedSurrogates = (text: string): string =>
  text.isWellFormed()
    ? text
    : text.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** JSON text for the value at a path, whose own text can be asked for; undefined: as it is. */
type Replacement = (path: readonly string[], valueText: () => string) => string | undefined;

/**
 * The same text with some values replaced: `replacement` is asked for each value, from the outermost inwards, by its
 * path from the root, and answers JSON text or undefined. Blanks and everything not replaced stay as they were.
 * `text` must be valid JSON.
 */
export const replaceValues = (text: string, replacement: Replacement): string => {
  const pieces: string[] = [];
  let copied = 0;
  const path: string[] = [];
  const visit = (start: number): number => {
    const replaced = replacement(path, () => text.slice(start, skipValue(text, start)));
    if (replaced !== undefined) {
      const end = skipValue(text, start);
      pieces.push(text.slice(copied, start), replaced);
      copied = end;
      return end;
    }
    const c = text.charCodeAt(start);
    return isOpening(c) ? visitMembers(start, c === 0x7b) : skipValue(text, start);
  };
  const visitMembers = (start: number, isObject: boolean): number => {
    let at = skipBlanks(text, start + 1);
    for (let index = 0; !isClosing(text.charCodeAt(at)) && at < text.length; index += 1) {
      let name = String(index);
      if (isObject) {
        const nameEnd = skipString(text, at);
        name = String(JSON.parse(text.slice(at, nameEnd)));
        at = skipBlanks(text, text.indexOf(':', nameEnd) + 1);
      }
      path.push(name);
      at = skipBlanks(text, visit(at));
      path.pop();
      if (text[at] === ',') at = skipBlanks(text, at + 1);
    }
    return at + 1;
  };
  visit(skipBlanks(text, 0));
  return pieces.join('') + text.slice(copied);
};
