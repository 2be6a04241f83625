import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithin, parseThreshold, thresholdOf } from './threshold.ts';

test('limits belong to a threshold where its bracket is square', () => {
  const cases: readonly (readonly [threshold: string, valid: readonly number[], invalid: readonly number[]])[] = [
    ['[0,10]', [0, 5, 10], [-0.1, 10.1]],
    ['(0,12)', [0.1, 11.9], [0, 12]],
    ['[0,12)', [0], [12]],
    ['(0,12]', [12], [0]],
    [' [ -1.5 , 2e3 ] ', [-1.5, 2000], [-1.6]],
    ['(,5]', [-1e308, 5], [5.1]],
    ['[5,)', [5, 1e308], [4.9]],
    ['(-∞,+∞)', [0, -1e308, 1e308], []],
    ['[3,3]', [3], [2.9, 3.1]],
  ];
  for (const [text, valid, invalid] of cases) {
    const threshold = thresholdOf(text);
    for (const value of valid) assert.ok(isWithin(threshold, value), `${value} in ${text}`);
    for (const value of invalid) assert.ok(!isWithin(threshold, value), `${value} not in ${text}`);
  }
});

test('what is no interval, or holds nothing, is refused in words', () => {
  const problems: Readonly<Record<string, RegExp>> = {
    '0,10': /no interval/,
    '[0;10]': /no interval/,
    '[0,1,2]': /no interval/,
    '[a,1]': /lower limit "a"/,
    '[0,1e999]': /upper limit/,
    '[2,1]': /No value/,
    '(1,1]': /No value/,
  };
  for (const [text, problem] of Object.entries(problems)) assert.match(String(parseThreshold(text)), problem);
});
