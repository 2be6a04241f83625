import type { Numeric } from '../value.ts';
import { wholeNumber } from '../value.ts';
import { defineFunction, family } from './define-function.ts';
import { numeric } from './parameters.ts';

/** Whole numbers of 64 bits are whole already. */
const rounding =
  (round: (value: number) => number) =>
  ([value]: readonly [Numeric]): Numeric =>
    typeof value === 'bigint' ? value : round(value);

export const mathFunctions = family('Numbers', [
  defineFunction({
    name: 'math:abs',
    summary: 'The number without its sign.',
    parameters: [numeric('number')],
    examples: [{ source: "${math:abs('-1.5')}", result: 1.5 }],
    apply: ([value]) => (typeof value === 'bigint' ? (value < 0n ? wholeNumber(-value) : value) : Math.abs(value)),
  }),
  defineFunction({
    name: 'math:ceil',
    summary: 'The smallest whole number that is not less.',
    parameters: [numeric('number')],
    examples: [{ source: '${math:ceil(0.1)}', result: 1 }],
    apply: rounding(Math.ceil),
  }),
  defineFunction({
    name: 'math:floor',
    summary: 'The largest whole number that is not greater.',
    parameters: [numeric('number')],
    examples: [{ source: '${math:floor(-0.0009)}', result: -1 }],
    apply: rounding(Math.floor),
  }),
  defineFunction({
    name: 'math:round',
    summary: 'The nearest whole number; halves go up.',
    parameters: [numeric('number')],
    examples: [
      { source: '${math:round(2.5)}', result: 3 },
      { source: '${math:round(-2.5)}', result: -2 },
    ],
    apply: rounding(Math.round),
  }),
  defineFunction({
    name: 'math:max',
    summary: 'The greater of two numbers.',
    parameters: [numeric('a'), numeric('b')],
    examples: [{ source: "${math:max(1, '-1')}", result: 1 }],
    apply: ([a, b]) => (a >= b ? a : b),
  }),
  defineFunction({
    name: 'math:min',
    summary: 'The lesser of two numbers.',
    parameters: [numeric('a'), numeric('b')],
    examples: [{ source: '${math:min(-1, 1)}', result: -1 }],
    apply: ([a, b]) => (a <= b ? a : b),
  }),
]);
