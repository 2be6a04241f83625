import type { StateKey } from '../operator/store.ts';

/**
 * The parts of a key behind the first as one text, whose order by UTF-16 units is that of the parts one after the
 * other: parts end with a unit lower than any in them.
 */
export const restOf = (key: readonly string[]): string => {
  if (key.length === 2) return key[1] as string;
  return key.slice(1).map(escaped).join(END);
};

/** The key again. */
export const keyOf = (first: string, rest: string, keyParts: number): StateKey => {
  if (keyParts === 1) return [first];
  if (keyParts === 2) return [first, rest];
  return [first, ...rest.split(END).map(unescaped)];
};

/** What the rests of all keys with this prefix begin with; the prefix is shorter than the keys. */
export const restPrefix = (prefix: readonly string[]): string =>
  prefix
    .slice(1)
    .map((part) => escaped(part) + END)
    .join('');

/** A part as it is in the rest of a key of so many parts: the only one behind the first is not escaped. */
export const partInRest = (part: string, keyParts: number): string => (keyParts === 2 ? part : escaped(part));

/** The index of the first text that is not less. */
export const lowerBound = (sorted: readonly string[], text: string): number => {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] as string) < text) from = middle + 1;
    else to = middle;
  }
  return from;
};

const END = '\u0000';
// biome-ignore lint/suspicious/noControlCharactersInRegex: the two units that stand for something else
const LOW = /[\u0000\u0001]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the unit that escapes
const ESCAPED = /\u0001([\u0001\u0002])/g;

const escaped = (part: string): string =>
  part.replace(LOW, (unit) => (unit === '\u0000' ? '\u0001\u0001' : '\u0001\u0002'));
const unescaped = (part: string): string =>
  part.replace(ESCAPED, (_, unit) => (unit === '\u0001' ? '\u0000' : '\u0001'));
