/** An interval of allowed values. A side without limit has `null`. */
export interface Interval {
  readonly min: number | null;
  readonly max: number | null;
  readonly minIncluding: boolean;
  readonly maxIncluding: boolean;
}

/** The nine forms of OpenClose (contract E.3). */
export const INTERVAL_FORMS = [
  '(x,y)',
  '(x,y]',
  '[x,y)',
  '[x,y]',
  '(-∞,y)',
  '(-∞,y]',
  '(x,+∞)',
  '[x,+∞)',
  '(-∞,+∞)',
] as const;
export type IntervalForm = (typeof INTERVAL_FORMS)[number];

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const readLimit = (text: string): number | undefined => {
  const trimmed = text.trim();
  const number = Number(trimmed);
  return NUMBER.test(trimmed) && Number.isFinite(number) ? number : undefined;
};

/**
 * Reads Min-Max (`"min,max"`) for a form. A side the form does not limit is not looked at; where only one side is
 * limited, its number may stand alone. Returns what is wrong as a text.
 */
export const parseInterval = (form: IntervalForm, minMax: string): Interval | string => {
  const hasMin = !form.startsWith('(-');
  const hasMax = !form.endsWith('∞)');
  const parts = minMax.split(',');
  if (parts.length > 2) return `"${minMax}" has more than one comma. Write the two limits as "min,max".`;
  if (hasMin && hasMax && parts.length !== 2) return `"${minMax}" must be two numbers, as in "0,100".`;
  const min = hasMin ? readLimit(parts[0] as string) : null;
  const max = hasMax ? readLimit(parts.at(-1) as string) : null;
  if (min === undefined) return `The lower limit in "${minMax}" is not a number.`;
  if (max === undefined) return `The upper limit in "${minMax}" is not a number.`;
  if (min !== null && max !== null && (min > max || (min === max && form !== '[x,y]')))
    return `No value lies in ${form} with the limits "${minMax}".`;
  return { min, max, minIncluding: form.startsWith('['), maxIncluding: form.endsWith(']') };
};

/** -1: under the lower limit, 1: over the upper limit, 0: inside. */
export const sideOf = (interval: Interval, value: number): -1 | 0 | 1 => {
  const { min, max } = interval;
  if (min !== null && (value < min || (value === min && !interval.minIncluding))) return -1;
  if (max !== null && (value > max || (value === max && !interval.maxIncluding))) return 1;
  return 0;
};
