import { ExpressionError } from '../expression-error.ts';
import { instantOf, zoneOffset } from './time-zone.ts';

/** Greatest distance from 1970 that a JavaScript date can have, in ms. */
const MAX_INSTANT = 8.64e15;
const MONTHS = [
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
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

interface PatternPart {
  /** The letter of java.text.SimpleDateFormat, or '' for literal text. */
  readonly letter: string;
  readonly width: number;
  readonly literal: string;
}

const SUPPORTED = new Set('yMdHhmsSaEDZXzu');

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
const cachedParts = (pattern: string): PatternPart[] => {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  const parts = partsOf(pattern);
  if (known.size >= 200) known.clear();
  known.set(pattern, parts);
  return parts;
};

const padded = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0');

const offsetText = (offset: number, colon: boolean): string => {
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  return `${offset < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${colon ? ':' : ''}${padded(minutes % 60, 2)}`;
};

export const checkedInstant = (instant: number): number => {
  if (Math.abs(instant) > MAX_INSTANT) throw new ExpressionError(`${instant} is beyond the range of dates.`);
  return Math.trunc(instant);
};

const formatPart = (part: PatternPart, local: Date, offset: number): string => {
  const { letter, width } = part;
  switch (letter) {
    case '':
      return part.literal;
    case 'y':
      return width === 2 ? padded(Math.abs(local.getUTCFullYear()) % 100, 2) : padded(local.getUTCFullYear(), width);
    case 'M': {
      const name = MONTHS[local.getUTCMonth()] as string;
      return width >= 4 ? name : width === 3 ? name.slice(0, 3) : padded(local.getUTCMonth() + 1, width);
    }
    case 'd':
      return padded(local.getUTCDate(), width);
    case 'H':
      return padded(local.getUTCHours(), width);
    case 'h':
      return padded(local.getUTCHours() % 12 || 12, width);
    case 'm':
      return padded(local.getUTCMinutes(), width);
    case 's':
      return padded(local.getUTCSeconds(), width);
    case 'S':
      return padded(local.getUTCMilliseconds(), width);
    case 'a':
      return local.getUTCHours() < 12 ? 'AM' : 'PM';
    case 'E': {
      const name = DAYS[local.getUTCDay()] as string;
      return width >= 4 ? name : name.slice(0, 3);
    }
    case 'u':
      return padded(local.getUTCDay() || 7, width);
    case 'D':
      return padded(Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000) + 1, width);
    case 'X':
      return offset === 0 ? 'Z' : width === 1 ? offsetText(offset, false).slice(0, 3) : offsetText(offset, width >= 3);
    case 'Z':
      return offsetText(offset, false);
    default:
      return `GMT${offset === 0 ? '' : offsetText(offset, true)}`;
  }
};

/** An instant (Unix ms) as text, by a pattern of java.text.SimpleDateFormat, in a zone. */
export const formatDate = (instant: number, pattern: string, zone: string): string => {
  const whole = checkedInstant(instant);
  const offset = zoneOffset(zone, whole);
  const local = new Date(whole + offset);
  if (Number.isNaN(local.getTime())) throw new ExpressionError(`${instant} is beyond the range of dates.`);
  return cachedParts(pattern)
    .map((part) => formatPart(part, local, offset))
    .join('');
};

interface ReadDate {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  isAfternoon: boolean | undefined;
  /** ms; undefined where the text names no zone. */
  offset: number | undefined;
}

const NUMERIC: Readonly<Record<string, keyof ReadDate>> = {
  d: 'day',
  H: 'hour',
  h: 'hour',
  m: 'minute',
  s: 'second',
  S: 'millisecond',
};

const readNames = (
  text: string,
  at: number,
  names: readonly string[],
): { index: number; length: number } | undefined => {
  for (const length of [undefined, 3])
    for (let i = 0; i < names.length; i++) {
      const name = (names[i] as string).slice(0, length).toLowerCase();
      if (text.slice(at, at + name.length).toLowerCase() === name) return { index: i, length: name.length };
    }
  return undefined;
};

/** Reads one part at `at`; the index after it, or -1 where the text does not fit. */
const readPart = (part: PatternPart, isPacked: boolean, text: string, at: number, date: ReadDate): number => {
  const { letter, width } = part;
  if (letter === '') return text.startsWith(part.literal, at) ? at + part.literal.length : -1;
  if (letter === 'E' || (letter === 'M' && width >= 3)) {
    const found = readNames(text, at, letter === 'E' ? DAYS : MONTHS);
    if (found === undefined) return -1;
    if (letter === 'M') date.month = found.index + 1;
    return at + found.length;
  }
  if (letter === 'a') {
    const found = readNames(text, at, ['AM', 'PM']);
    if (found === undefined) return -1;
    date.isAfternoon = found.index === 1;
    return at + 2;
  }
  if (letter === 'X' || letter === 'Z' || letter === 'z') {
    const zone = /Z|(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?|GMT|UTC/y;
    zone.lastIndex = at;
    const found = zone.exec(text)?.[0];
    if (found === undefined) return -1;
    date.offset = zoneOffset(found, 0);
    return at + found.length;
  }
  const digits = /\d+/y;
  digits.lastIndex = at;
  const all = digits.exec(text)?.[0];
  if (all === undefined || all.length > 9) return -1;
  const found = isPacked ? all.slice(0, width) : all;
  const value = Number(found);
  if (letter === 'y') date.year = width === 2 && found.length === 2 ? value + (value < 70 ? 2000 : 1900) : value;
  else if (letter === 'M') date.month = value;
  else if (letter === 'D') {
    date.month = 1;
    date.day = value;
  } else {
    const field = NUMERIC[letter];
    if (field !== undefined) Object.assign(date, { [field]: value });
  }
  return at + found.length;
};

/** The instant (Unix ms) a text names by a pattern, in a zone unless the text names one. Throws `ExpressionError`. */
export const parseDate = (text: string, pattern: string, zone: string): number => {
  const parts = cachedParts(pattern);
  const date: ReadDate = {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    millisecond: 0,
    isAfternoon: undefined,
    offset: undefined,
  };
  let at = 0;
  for (let i = 0; i < parts.length && at >= 0; i++) {
    const next = parts[i + 1];
    const isPacked = next !== undefined && next.letter !== '' && /[yMdHhmsSD]/.test(next.letter);
    at = readPart(parts[i] as PatternPart, isPacked, text, at, date);
  }
  if (at < 0)
    throw new ExpressionError(`"${text.slice(0, 60)}" does not fit the date pattern "${pattern.slice(0, 60)}".`);
  if (date.isAfternoon !== undefined) date.hour = (date.hour % 12) + (date.isAfternoon ? 12 : 0);
  const local = new Date(0);
  local.setUTCFullYear(date.year, date.month - 1, date.day);
  local.setUTCHours(date.hour, date.minute, date.second, date.millisecond);
  const time = local.getTime();
  if (Number.isNaN(time)) throw new ExpressionError(`"${text.slice(0, 60)}" is beyond the range of dates.`);
  return checkedInstant(date.offset === undefined ? instantOf(checkedInstant(time), zone) : time - date.offset);
};
