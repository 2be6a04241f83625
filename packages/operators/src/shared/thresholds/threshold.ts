import type { TString } from 'typebox';
import { textField } from '../config/fields.ts';

/** An interval of values; a side without limit is infinite, and infinity is never in it. */
export interface Threshold {
  readonly min: number;
  readonly max: number;
  readonly minIncluded: boolean;
  readonly maxIncluded: boolean;
}

/** Column of an interval in one text, open and closed as mathematics writes it. */
export const thresholdColumn = (description: string): TString =>
  textField({
    title: 'Threshold',
    description: `${description} \`[0,10]\`: both limits are valid values; \`(0,12)\`: neither is; a side left empty, or ∞, has no limit.`,
    default: '(-∞,+∞)',
    minLength: 3,
    maxLength: 200,
  });

const INTERVAL = /^\s*([[(])\s*([^,]*?)\s*,\s*([^,]*?)\s*([\])])\s*$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const limitOf = (text: string, otherwise: number): number | undefined => {
  if (text === '' || /^[+-]?(?:∞|infinity)$/i.test(text)) return otherwise;
  const limit = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(limit) ? limit : undefined;
};

/** Reads `[0,10]`, `(0,12)`, `[0,)` and the like; what is wrong with it as a text. */
export const parseThreshold = (text: string): Threshold | string => {
  const [, open = '', from = '', to = '', close = ''] = INTERVAL.exec(text) ?? [];
  if (open === '') return `"${text}" is no interval. Write the two limits as in [0,10] or (0,12).`;
  const min = limitOf(from, Number.NEGATIVE_INFINITY);
  const max = limitOf(to, Number.POSITIVE_INFINITY);
  if (min === undefined) return `The lower limit "${from}" in "${text}" is not a number.`;
  if (max === undefined) return `The upper limit "${to}" in "${text}" is not a number.`;
  const threshold = { min, max, minIncluded: open === '[', maxIncluded: close === ']' };
  if (min > max || (min === max && !(threshold.minIncluded && threshold.maxIncluded)))
    return `No value lies in "${text}".`;
  return threshold;
};

/** The threshold of a configuration that has been checked. */
export const thresholdOf = (text: string): Threshold => {
  const threshold = parseThreshold(text);
  if (typeof threshold === 'string') throw new Error(`The threshold should not have passed validation: ${threshold}`);
  return threshold;
};

/** Whether a value is valid. */
export const isWithin = ({ min, max, minIncluded, maxIncluded }: Threshold, value: number): boolean =>
  (value > min || (minIncluded && value === min)) && (value < max || (maxIncluded && value === max));
