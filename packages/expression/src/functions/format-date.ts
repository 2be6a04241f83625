import { ExpressionError } from '../expression-error.ts';
import { cachedParts, checkedInstant, DAYS, MONTHS, type PatternPart } from './date-pattern.ts';
import { zoneOffset } from './time-zone.ts';

const padded = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0');

const offsetText = (offset: number, colon: boolean): string => {
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  return `${offset < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${colon ? ':' : ''}${padded(minutes % 60, 2)}`;
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
