import { ExpressionError } from '../expression-error.ts';
import { MAX_INSTANT } from './time-zone.ts';

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export interface PatternPart {
  /** The letter of java.text.SimpleDateFormat, or '' for literal text. */
  readonly letter: string;
  readonly width: number;
  readonly literal: string;
}

/** Letters of SimpleDateFormat, all of them. */
const SUPPORTED = new Set('GyYMLwWDdFEuaHkKhmsSzZX');
/** What says which week a day is in says too little to find the day by. */
const WRITTEN_ONLY = new Set('YwWF');

/** Splits a SimpleDateFormat pattern. Throws `ExpressionError` for letters it does not know. */
const partsOf = (pattern: string): PatternPart[] => {
  const parts: PatternPart[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at] as string;
    if (character === "'") {
      if (pattern[at + 1] === "'") {
        parts.push({ letter: '', width: 0, literal: "'" });
        at += 2;
        continue;
      }
      let end = at + 1;
      let literal = '';
      for (; end < pattern.length; end++) {
        if (pattern[end] !== "'") literal += pattern[end];
        else if (pattern[end + 1] === "'") literal += pattern[end++];
        else break;
      }
      if (end >= pattern.length) throw new ExpressionError(`The quote at ${at} of the date pattern is not closed.`);
      parts.push({ letter: '', width: 0, literal });
      at = end + 1;
      continue;
    }
    if (!/[A-Za-z]/.test(character)) {
      parts.push({ letter: '', width: 0, literal: character });
      at++;
      continue;
    }
    if (!SUPPORTED.has(character))
      throw new ExpressionError(`The letter ${character} of the date pattern is not supported.`);
    let end = at;
    while (pattern[end] === character) end++;
    if (end - at > 20) throw new ExpressionError('The date pattern is not valid.');
    parts.push({ letter: character, width: end - at, literal: '' });
    at = end;
  }
  return parts;
};

const known = new Map<string, PatternPart[]>();
/** The parts of a pattern, remembered: patterns are few and used for every record. */
export const cachedParts = (pattern: string): PatternPart[] => {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  const parts = partsOf(pattern);
  if (known.size >= 200) known.clear();
  known.set(pattern, parts);
  return parts;
};

/** A pattern that texts can be read by. Throws `ExpressionError`. */
export const readableParts = (pattern: string): PatternPart[] => {
  const parts = cachedParts(pattern);
  const unreadable = parts.find(({ letter }) => WRITTEN_ONLY.has(letter));
  if (unreadable !== undefined)
    throw new ExpressionError(
      `A date cannot be read by the letter ${unreadable.letter} of the pattern "${pattern.slice(0, 60)}"; use y, M and d.`,
    );
  return parts;
};

/** A whole number of ms that a date can hold. Throws `ExpressionError`. */
export const checkedInstant = (instant: number): number => {
  if (Math.abs(instant) > MAX_INSTANT) throw new ExpressionError(`${instant} is beyond the range of dates.`);
  return Math.trunc(instant);
};
