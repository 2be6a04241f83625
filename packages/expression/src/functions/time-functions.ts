import type { JsonValue } from '@penstock/model';
import { toNumber, toText } from '../coercion.ts';
import { checkedText } from '../expression-error.ts';
import { checkedInstant } from './date-pattern.ts';
import { formatDate } from './format-date.ts';
import { compiledFunction, pureFunction } from './function-definition.ts';
import { parseDate } from './parse-date.ts';
import { instantOf, zoneOffset } from './time-zone.ts';

const DAY = 86_400_000;

const instant = (value: JsonValue): number => checkedInstant(toNumber(value));

/** Midnight of the day, or the time since midnight on 1 January 1970, both in a zone. */
const trimTime = (value: JsonValue, zone: JsonValue): number => {
  const at = instant(value);
  const local = at + zoneOffset(toText(zone), at);
  return instantOf(Math.floor(local / DAY) * DAY, toText(zone));
};

const trimDate = (value: JsonValue, zone: JsonValue): number => {
  const at = instant(value);
  const local = at + zoneOffset(toText(zone), at);
  return local - Math.floor(local / DAY) * DAY;
};

/**
 * JSON has no dates: a date-time is its number of milliseconds since 1970-01-01T00:00Z, so that the results of
 * `time:now()` and of a record's `time` can be compared and subtracted. Without a zone, UTC is meant.
 */
export const timeFunctions = [
  compiledFunction('time:now()', 'The current date-time (Unix ms).', (_args, context) => () => context.now()),
  pureFunction('time:millisecondsToDateTime(milliseconds)', 'The date-time of a Unix time in ms.', (a = null) =>
    instant(a),
  ),
  pureFunction('time:dateTimeToMilliseconds(dateTime)', 'The Unix time in ms of a date-time.', (a = null) =>
    instant(a),
  ),
  pureFunction(
    'time:extractStringFromDate(dateTime, pattern)',
    "A date-time as text, in UTC, by a pattern as 'yyyy-MM-dd HH:mm:ss'.",
    (a = null, b = null) => checkedText(formatDate(instant(a), toText(b), 'UTC')),
  ),
  pureFunction(
    'time:extractStringFromDateTZ(dateTime, zone, pattern)',
    'A date-time as text in a time zone (Asia/Shanghai or +08:00).',
    (a = null, b = null, c = null) => checkedText(formatDate(instant(a), toText(c), toText(b))),
  ),
  pureFunction(
    'time:extractLongFromDate(dateTime, pattern)',
    'A part of a date-time as a number, in UTC.',
    (a = null, b = null) => toNumber(formatDate(instant(a), toText(b), 'UTC')),
  ),
  pureFunction(
    'time:extractDateFromString(text, pattern)',
    'The date-time a text names, in UTC.',
    (a = null, b = null) => parseDate(toText(a), toText(b), 'UTC'),
  ),
  pureFunction(
    'time:createDateFromStringTZ(text, zone, pattern)',
    'The date-time a text names in a time zone.',
    (a = null, b = null, c = null) => parseDate(toText(a), toText(c), toText(b)),
  ),
  pureFunction('time:trimTime(dateTime, [zone])', 'Midnight of the day of a date-time.', (a = null, b = null) =>
    trimTime(a, b),
  ),
  pureFunction(
    'time:trimDate(dateTime, [zone])',
    'The time of day of a date-time, on 1 January 1970.',
    (a = null, b = null) => trimDate(a, b),
  ),
  pureFunction(
    'time:dateTimeZoneOffset(dateTime, zone)',
    'What a zone adds to UTC at a date-time, in ms.',
    (a = null, b = null) => zoneOffset(toText(b), instant(a)),
  ),
];
