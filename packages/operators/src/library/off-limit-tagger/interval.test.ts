import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { INTERVAL_FORMS, type IntervalForm, parseInterval, sideOf } from './interval.ts';

/** Per form: the side on which -1, 0, 5, 10 and 11 lie of the limits 0 and 10. */
const SIDES: Readonly<Record<IntervalForm, readonly number[]>> = {
  '(x,y)': [-1, -1, 0, 1, 1],
  '(x,y]': [-1, -1, 0, 0, 1],
  '[x,y)': [-1, 0, 0, 1, 1],
  '[x,y]': [-1, 0, 0, 0, 1],
  '(-∞,y)': [0, 0, 0, 1, 1],
  '(-∞,y]': [0, 0, 0, 0, 1],
  '(x,+∞)': [-1, -1, 0, 0, 0],
  '[x,+∞)': [-1, 0, 0, 0, 0],
  '(-∞,+∞)': [0, 0, 0, 0, 0],
};

test('all nine forms', () => {
  for (const form of INTERVAL_FORMS) {
    const interval = parseInterval(form, '0,10');
    assert.ok(typeof interval !== 'string');
    assert.deepEqual(
      [-1, 0, 5, 10, 11].map((value) => sideOf(interval, value)),
      SIDES[form],
      form,
    );
  }
});

test('an unused side may be empty, anything or missing', () => {
  for (const minMax of [',10', '10', '-∞,10', 'x, 10 '])
    assert.deepEqual(parseInterval('(-∞,y]', minMax), { min: null, max: 10, minIncluding: false, maxIncluding: true });
  for (const minMax of ['-2.5e1,', '-25', ' -25 ,+∞'])
    assert.deepEqual(parseInterval('[x,+∞)', minMax), { min: -25, max: null, minIncluding: true, maxIncluding: false });
  assert.deepEqual(parseInterval('(-∞,+∞)', ''), { min: null, max: null, minIncluding: false, maxIncluding: false });
});

test('what is no interval is refused with a reason', () => {
  const refused: readonly (readonly [IntervalForm, string])[] = [
    ['[x,y]', ''],
    ['[x,y]', '5'],
    ['[x,y]', '1,2,3'],
    ['[x,y]', 'a,2'],
    ['[x,y]', '1,0x10'],
    ['[x,y]', '2,1'],
    ['(x,y)', '1,1'],
    ['[x,y)', '1,1'],
    ['[x,y]', '1,Infinity'],
    ['[x,y]', ',1'],
    ['(-∞,y]', ''],
    ['[x,y]', '1,1e999'],
  ];
  for (const [form, minMax] of refused) assert.equal(typeof parseInterval(form, minMax), 'string', `${form} ${minMax}`);
  assert.notEqual(typeof parseInterval('[x,y]', '1,1'), 'string');
});

test('whatever the text: a reason, or an interval some value of which is inside', () => {
  const minMax = fc.oneof(
    fc.string(),
    fc.tuple(fc.double(), fc.double()).map(([a, b]) => `${a},${b}`),
  );
  fc.assert(
    fc.property(fc.constantFrom(...INTERVAL_FORMS), minMax, (form, text) => {
      const interval = parseInterval(form, text);
      if (typeof interval === 'string') {
        assert.match(interval, /\.$/);
        return;
      }
      const { min, max } = interval;
      if (min !== null && max !== null) assert.ok(min <= max);
      if (min !== null) assert.equal(sideOf(interval, min), interval.minIncluding ? 0 : -1);
      if (max !== null && max !== min) assert.equal(sideOf(interval, max), interval.maxIncluding ? 0 : 1);
    }),
  );
});
