import { instantOf, zoneOffset } from '../dates/time-zone.ts';
import { defineFunction, family } from './define-function.ts';
import { dateTime, optional, timeZone } from './parameters.ts';

const DAY = 86_400_000;

/**
 * JSON has no dates: a date-time is its number of milliseconds since 1970-01-01T00:00Z, so that the results of
 * `time:now()` and of a record's `time` can be compared and subtracted. Without a zone, UTC is meant. Of null comes
 * null.
 */
export const timeFunctions = family('Date-times', [
  defineFunction({
    name: 'time:now',
    summary: 'The current date-time (Unix ms).',
    parameters: [],
    examples: [{ source: '${time:now() > 1700000000000}', result: true }],
    apply: (_, __, { now }) => now(),
  }),
  defineFunction({
    name: 'time:millisecondsToDateTime',
    summary: 'The date-time of a Unix time in ms.',
    parameters: [dateTime('milliseconds')],
    examples: [{ source: '${time:millisecondsToDateTime(5)}', result: 5 }],
    apply: ([at]) => at,
  }),
  defineFunction({
    name: 'time:dateTimeToMilliseconds',
    summary: 'The Unix time in ms of a date-time.',
    parameters: [dateTime('dateTime')],
    examples: [{ source: '${time:dateTimeToMilliseconds(time:millisecondsToDateTime(5))}', result: 5 }],
    apply: ([at]) => at,
  }),
  defineFunction({
    name: 'time:trimTime',
    summary: 'Midnight of the day of a date-time.',
    parameters: [dateTime('dateTime'), optional(timeZone('zone'))],
    examples: [
      { source: '${time:trimTime(1567292293123)}', result: 1567209600000 },
      { source: "${time:trimTime(1567292293123, '+08:00')}", result: 1567267200000 },
    ],
    apply: ([at, zone = '']) => {
      if (at === null) return null;
      const local = at + zoneOffset(zone, at);
      return instantOf(Math.floor(local / DAY) * DAY, zone);
    },
  }),
  defineFunction({
    name: 'time:trimDate',
    summary: 'The time of day of a date-time, on 1 January 1970.',
    parameters: [dateTime('dateTime'), optional(timeZone('zone'))],
    examples: [
      { source: '${time:trimDate(1567292293123)}', result: 82693123 },
      { source: '${time:trimDate(null)}', result: null },
    ],
    apply: ([at, zone = '']) => {
      if (at === null) return null;
      const local = at + zoneOffset(zone, at);
      return local - Math.floor(local / DAY) * DAY;
    },
  }),
  defineFunction({
    name: 'time:dateTimeZoneOffset',
    summary: 'What a zone adds to UTC at a date-time, in ms.',
    parameters: [dateTime('dateTime'), timeZone('zone')],
    examples: [{ source: "${time:dateTimeZoneOffset(1609459200000, 'Asia/Kolkata')}", result: 19800000 }],
    apply: ([at, zone]) => (at === null ? null : zoneOffset(zone, at)),
  }),
]);
