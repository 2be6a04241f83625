/**
 * Where a text stops being JSON. `JSON.parse` names the place only of some faults, and quotes the text around it, which
 * is nobody's but the record's.
 */

const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const STRING_SO_FAR = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*(?:\\(?:u[0-9a-fA-F]{0,3})?)?/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_SO_FAR = /-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?)?/y;
const WORDS = ['true', 'false', 'null'];
const BLANKS = /[ \t\n\r]*/y;

type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing';

/** Position of the first character with which no JSON text goes on; the length where the text only ends too early. */
export const jsonFaultAt = (text: string): number => {
  const closers: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const match = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  for (;;) {
    at += match(BLANKS);
    const c: string | undefined = text[at];
    if (c === undefined) return at;
    const closer: string | undefined = closers.at(-1);
    if (c === closer && (expected === 'comma or end' || expected.endsWith('or end'))) {
      closers.pop();
      at += 1;
      expected = closers.length === 0 ? 'nothing' : 'comma or end';
      continue;
    }
    switch (expected) {
      case 'nothing':
        return at;
      case 'colon':
        if (c !== ':') return at;
        at += 1;
        expected = 'value';
        continue;
      case 'comma or end':
        if (c !== ',') return at;
        at += 1;
        expected = closer === '}' ? 'name' : 'value';
        continue;
      case 'name':
      case 'name or end': {
        const length: number = match(STRING);
        if (length === 0) return at + match(STRING_SO_FAR);
        at += length;
        expected = 'colon';
        continue;
      }
      default: {
        if (c === '{' || c === '[') {
          closers.push(c === '{' ? '}' : ']');
          at += 1;
          expected = c === '{' ? 'name or end' : 'value or end';
          continue;
        }
        const length: number = c === '"' ? match(STRING) : (wordAt(text, at) ?? match(NUMBER));
        if (length === 0) return at + (c === '"' ? match(STRING_SO_FAR) : soFar(text, at, match));
        // A number that could go on, such as "1.", is wrong only behind what it has.
        const further: number = c === '"' ? length : Math.max(length, match(NUMBER_SO_FAR));
        if (further > length) return at + further;
        at += length;
        expected = closers.length === 0 ? 'nothing' : 'comma or end';
      }
    }
  }
};

const wordAt = (text: string, at: number): number | undefined =>
  WORDS.find((word) => text.startsWith(word, at))?.length;

const soFar = (text: string, at: number, match: (pattern: RegExp) => number): number => {
  const word = WORDS.find((known) => known[0] === text[at]);
  if (word === undefined) return match(NUMBER_SO_FAR);
  let length = 0;
  while (length < word.length && text[at + length] === word[length]) length += 1;
  return length;
};

/** What is wrong with a text that is no JSON, without its contents: letters and digits of a record are not told. */
export const jsonFault = (text: string): string => {
  const at = jsonFaultAt(text);
  const found = text.codePointAt(at);
  return found === undefined
    ? `it ends too early, at position ${at}.`
    : `${nameOf(found)} is not expected at position ${at}.`;
};

const nameOf = (codePoint: number): string => {
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  const character = String.fromCodePoint(codePoint);
  if (/[\p{L}\p{N}]/u.test(character)) return 'a letter or digit';
  return /[\p{C}\p{Z}]/u.test(character) ? `the character ${code}` : `"${character}" (${code})`;
};
