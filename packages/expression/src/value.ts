import type { JsonValue } from '@penstock/model';

/**
 * What expressions compute with: JSON values, and whole numbers of 64 bits (Java's long) where a double would lose
 * digits. A whole number up to 2^53 is always a `number`.
 */
export type Value = JsonValue | bigint;
export type Numeric = number | bigint;

const MAX_LONG = 2n ** 63n;

/** A whole number in the form it has in expressions: beyond 64 bits a floating point number. */
export const wholeNumber = (value: bigint): Numeric => {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  return value >= -MAX_LONG && value < MAX_LONG ? value : number;
};

/** The whole number that digits spell. */
export const wholeNumberOf = (digits: string): Numeric => {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : wholeNumber(BigInt(digits));
};
