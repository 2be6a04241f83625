import { ExpressionError } from '../expression-error.ts';
import { checkedInstant, DAYS, MONTHS, type PatternPart, readableParts } from './date-pattern.ts';
import { instantOf, zoneOffset } from './time-zone.ts';

interface ReadDate {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  isAfternoon: boolean | undefined;
  isBeforeChrist: boolean;
  /** ms; undefined where the text names no zone. */
  offset: number | undefined;
}

/** Hours from UTC of the abbreviations Java reads in an English text; CST, IST and the like as there. */
const ZONE_NAMES: Readonly<Record<string, number>> = {
  ...{ EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7, AKST: -9, AKDT: -8, HST: -10 },
  ...{ WET: 0, WEST: 1, BST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3, MSK: 3, SAST: 2 },
  ...{ IST: 5.5, ICT: 7, HKT: 8, SGT: 8, JST: 9, KST: 9, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
};

const NUMERIC: Readonly<Record<string, keyof ReadDate>> = {
  d: 'day',
  H: 'hour',
  h: 'hour',
  k: 'hour',
  K: 'hour',
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
  const isMonth = letter === 'M' || letter === 'L';
  if (letter === 'E' || (isMonth && width >= 3)) {
    const found = readNames(text, at, letter === 'E' ? DAYS : MONTHS);
    if (found === undefined) return -1;
    if (isMonth) date.month = found.index + 1;
    return at + found.length;
  }
  if (letter === 'a') {
    const found = readNames(text, at, ['AM', 'PM']);
    if (found === undefined) return -1;
    date.isAfternoon = found.index === 1;
    return at + 2;
  }
  if (letter === 'G') {
    const found = readNames(text, at, ['AD', 'BC']);
    if (found === undefined) return -1;
    date.isBeforeChrist = found.index === 1;
    return at + 2;
  }
  if (letter === 'X' || letter === 'Z' || letter === 'z') {
    const zone = /Z(?![A-Z])|(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?|[A-Z]{2,4}/y;
    zone.lastIndex = at;
    const found = zone.exec(text)?.[0];
    if (found === undefined) return -1;
    const named = letter === 'z' ? ZONE_NAMES[found] : undefined;
    if (named === undefined && /^[A-Z]{2,4}$/.test(found) && found !== 'GMT' && found !== 'UTC') return -1;
    date.offset = named === undefined ? zoneOffset(found, 0) : named * 3_600_000;
    return at + found.length;
  }
  const digits = /\d+/y;
  digits.lastIndex = at;
  const all = digits.exec(text)?.[0];
  if (all === undefined || all.length > 9) return -1;
  const found = isPacked ? all.slice(0, width) : all;
  const value = Number(found);
  if (letter === 'y') date.year = width === 2 && found.length === 2 ? value + (value < 70 ? 2000 : 1900) : value;
  else if (isMonth) date.month = value;
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
  const parts = readableParts(pattern);
  const date: ReadDate = {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    millisecond: 0,
    isAfternoon: undefined,
    isBeforeChrist: false,
    offset: undefined,
  };
  let at = 0;
  for (let i = 0; i < parts.length && at >= 0; i++) {
    const next = parts[i + 1];
    const isPacked = next !== undefined && next.letter !== '' && /[yMLdHkKhmsSD]/.test(next.letter);
    at = readPart(parts[i] as PatternPart, isPacked, text, at, date);
  }
  if (at < 0)
    throw new ExpressionError(`"${text.slice(0, 60)}" does not fit the date pattern "${pattern.slice(0, 60)}".`);
  if (date.isAfternoon !== undefined) date.hour = (date.hour % 12) + (date.isAfternoon ? 12 : 0);
  if (date.hour === 24) date.hour = 0;
  if (date.isBeforeChrist) date.year = 1 - date.year;
  const local = new Date(0);
  local.setUTCFullYear(date.year, date.month - 1, date.day);
  local.setUTCHours(date.hour, date.minute, date.second, date.millisecond);
  const time = local.getTime();
  if (Number.isNaN(time)) throw new ExpressionError(`"${text.slice(0, 60)}" is beyond the range of dates.`);
  return checkedInstant(date.offset === undefined ? instantOf(checkedInstant(time), zone) : time - date.offset);
};
