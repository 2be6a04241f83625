import { formatDate } from '../dates/format-date.ts';
import { parseDate } from '../dates/parse-date.ts';
import { checkedText, ExpressionError } from '../expression-error.ts';
import { wholeNumberOf } from '../value.ts';
import { defineFunction, family } from './define-function.ts';
import { datePattern, dateTime, readingPattern, text, timeZone } from './parameters.ts';

/** Longer ones are beyond 64 bits. */
const MAX_DIGITS = 18;

const digitsOf = (value: string) => {
  const digits = value.replace(/\D/g, '');
  if (digits === '' || digits.length > MAX_DIGITS)
    throw new ExpressionError(
      digits === '' ? `"${value}" has no digits.` : `"${value}" has more digits than a 64-bit number.`,
    );
  return wholeNumberOf(digits);
};

/** Patterns are those of java.text.SimpleDateFormat; names of months and days are English. */
export const timeText = family('Date-times as texts', [
  defineFunction({
    name: 'time:extractStringFromDate',
    summary: "A date-time as text, in UTC, by a pattern as 'yyyy-MM-dd HH:mm:ss'.",
    parameters: [dateTime('dateTime'), datePattern('pattern')],
    examples: [
      {
        source: "${time:extractStringFromDate(0, 'yyyy-MM-dd HH:mm:ss.SSS')}",
        result: '1970-01-01 00:00:00.000',
      },
    ],
    apply: ([at, pattern]) => (at === null ? null : checkedText(formatDate(at, pattern, 'UTC'))),
  }),
  defineFunction({
    name: 'time:extractStringFromDateTZ',
    summary: 'A date-time as text in a time zone (Asia/Shanghai or +08:00).',
    parameters: [dateTime('dateTime'), timeZone('zone'), datePattern('pattern')],
    examples: [
      {
        source: "${time:extractStringFromDateTZ(1567292293123, 'Asia/Shanghai', 'yyyy-MM-dd HH:mm XXX')}",
        result: '2019-09-01 06:58 +08:00',
      },
    ],
    apply: ([at, zone, pattern]) => (at === null ? null : checkedText(formatDate(at, pattern, zone))),
  }),
  defineFunction({
    name: 'time:extractLongFromDate',
    summary: 'The digits of a date-time by a pattern as one number, in UTC; what else the pattern holds is left out.',
    parameters: [dateTime('dateTime'), datePattern('pattern')],
    examples: [
      { source: "${time:extractLongFromDate(0, 'yyyyMMdd')}", result: 19700101 },
      { source: "${time:extractLongFromDate(0, 'yyyy/MM/dd HH:mm:ss.SSS')}", result: 19700101000000000n },
    ],
    apply: ([at, pattern]) => (at === null ? null : digitsOf(formatDate(at, pattern, 'UTC'))),
  }),
  defineFunction({
    name: 'time:extractDateFromString',
    summary: 'The date-time a text names, in UTC unless the text names a zone.',
    parameters: [text('text'), readingPattern('pattern')],
    examples: [
      {
        source: "${time:extractDateFromString('2019-08-26 01:02:03', 'yyyy-MM-dd HH:mm:ss')}",
        result: 1566781323000,
      },
    ],
    apply: ([value, pattern]) => (value === '' ? null : parseDate(value, pattern, 'UTC')),
  }),
  defineFunction({
    name: 'time:createDateFromStringTZ',
    summary: 'The date-time a text names in a time zone.',
    parameters: [text('text'), timeZone('zone'), readingPattern('pattern')],
    examples: [{ source: "${time:createDateFromStringTZ('20190826', '+08:00', 'yyyyMMdd')}", result: 1566748800000 }],
    apply: ([value, zone, pattern]) => (value === '' ? null : parseDate(value, pattern, zone)),
  }),
]);
