import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataQuality, withBits } from './data-quality.ts';

test('findings are or-ed together', () => {
  assert.equal(withBits(undefined, DataQuality.late), 5);
  assert.equal(withBits(null, DataQuality.late), 5);
  assert.equal(withBits(5, DataQuality.overUpperLimit), 13);
  assert.equal(withBits(9, DataQuality.underLowerLimit), 25);
  assert.equal(withBits('5', DataQuality.late), 5);
  assert.equal(withBits(-1, DataQuality.late), 5);
  assert.equal(withBits(1.5, DataQuality.late), 5);
});

test('agrees with arithmetic on big integers, over the whole range of exact numbers', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.constantFrom(...Object.values(DataQuality)), (dq, bits) => {
      assert.equal(withBits(dq, bits), Number(BigInt(dq) | BigInt(bits)));
    }),
  );
});
