import { ExpressionError } from '../expression-error.ts';
import { cachedParts, checkedInstant, DAYS, MONTHS, type PatternPart } from './date-pattern.ts';
import { zoneOffset } from './time-zone.ts';

const padded = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0');

const offsetText = (offset: number, colon: boolean): string => {
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  return `${offset < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${colon ? ':' : ''}${padded(minutes % 60, 2)}`;
};

const DAY = 86_400_000;

const startOfYear = (year: number): Date => {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return date;
};

/** Weeks as Java counts them in the USA: they begin on Sunday, and 1 January is in week 1. */
const weekOf = (local: Date): { year: number; week: number } => {
  const year = local.getUTCFullYear();
  const next = startOfYear(year + 1);
  const saturday = local.getTime() + (6 - local.getUTCDay()) * DAY;
  if (saturday >= next.getTime()) return { year: year + 1, week: 1 };
  const first = startOfYear(year);
  const dayOfYear = Math.floor((local.getTime() - first.getTime()) / DAY);
  return { year, week: Math.floor((dayOfYear + first.getUTCDay()) / 7) + 1 };
};

const weekOfMonth = (local: Date): number => {
  const firstDay = (local.getUTCDay() - (local.getUTCDate() - 1) + 35) % 7;
  return Math.floor((local.getUTCDate() - 1 + firstDay) / 7) + 1;
};

const yearText = (year: number, width: number): string => {
  const ofEra = year > 0 ? year : 1 - year;
  return width === 2 ? padded(ofEra % 100, 2) : padded(ofEra, width);
};

const formatPart = (part: PatternPart, local: Date, offset: number): string => {
  const { letter, width } = part;
  switch (letter) {
    case '':
      return part.literal;
    case 'y':
      return yearText(local.getUTCFullYear(), width);
    case 'Y':
      return yearText(weekOf(local).year, width);
    case 'G':
      return local.getUTCFullYear() > 0 ? 'AD' : 'BC';
    case 'w':
      return padded(weekOf(local).week, width);
    case 'W':
      return padded(weekOfMonth(local), width);
    case 'F':
      return padded(Math.floor((local.getUTCDate() - 1) / 7) + 1, width);
    case 'k':
      return padded(local.getUTCHours() || 24, width);
    case 'K':
      return padded(local.getUTCHours() % 12, width);
    case 'L':
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
