import type { TString } from 'typebox';
import { choiceField, textField, wholeNumberField } from '../config/fields.ts';

/** Milliseconds of the units a window can be given in. */
export const UNIT_MS = { SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 } as const;
export type WindowUnit = keyof typeof UNIT_MS;

/** Longest window: 366 days. */
export const MAX_WINDOW_MS = 366 * UNIT_MS.DAY;

const ALIGNED = 'Windows are aligned to 1970-01-01T00:00Z; days are UTC days.';

/** Column of a length, in the unit of the column beside it. */
export const windowSizeColumn = (title: string, description: string) =>
  wholeNumberField({ title, description, default: 1, minimum: 1, maximum: 31_622_400 });

/** Column of the unit of a length. */
export const windowUnitColumn = (title: string) =>
  choiceField(
    { SECOND: 'Second', MINUTE: 'Minute', HOUR: 'Hour', DAY: 'Day' },
    { title, description: `Unit of the size beside it. ${ALIGNED}`, default: 'MINUTE' },
  );

/** Column of a length with its unit in one text. */
export const windowLengthColumn = (title: string, description: string): TString =>
  textField({ title, description: `${description} ${ALIGNED}`, default: '1m', minLength: 2, maxLength: 20 });

const LENGTH = /^\s*(\d{1,8})\s*(s|m|h|d|seconds?|minutes?|hours?|days?)\s*$/i;
const UNITS = { s: UNIT_MS.SECOND, m: UNIT_MS.MINUTE, h: UNIT_MS.HOUR, d: UNIT_MS.DAY } as const;

/** Reads a length such as `15m`, `1 h` or `2 days`, in ms; what is wrong with it as a text. */
export const parseWindowLength = (text: string): number | string => {
  const [, count = '', unit = ''] = LENGTH.exec(text) ?? [];
  const unitMs = UNITS[unit.slice(0, 1).toLowerCase() as keyof typeof UNITS];
  if (unitMs === undefined)
    return `"${text}" is no length of a window. Write a whole number and s, m, h or d, as in 15m.`;
  const length = Number(count) * unitMs;
  if (length === 0) return 'A window must be longer than nothing.';
  return length > MAX_WINDOW_MS ? TOO_LONG : length;
};

export const TOO_LONG = 'A window can be at most 366 days long.';
