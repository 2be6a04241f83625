import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRateCells, RateFiller, takeTokens } from './rate-limiter.ts';

/** Reads with unlimited backlog, filled every `step` ms, and returns how many records each second got. */
const readFor = (rate: number, seconds: number, step: (tick: number) => number, takers = 4): number[] => {
  const cells = createRateCells();
  let now = 1000;
  const filler = new RateFiller(cells, rate, now);
  const perSecond: number[] = [];
  for (let tick = 0; now < 1000 + seconds * 1000; tick++) {
    now += step(tick);
    filler.fill(now);
    const second = Math.floor((now - 1001) / 1000);
    for (let taker = 0; taker < takers; taker++)
      for (let got = takeTokens(cells, 1000); got > 0; got = takeTokens(cells, 1000))
        perSecond[second] = (perSecond[second] ?? 0) + got;
  }
  return perSecond;
};

describe('kafkaRate', () => {
  test('is held within 2 % over a minute, whatever the rate and however late the timer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 500_000 }),
        fc.array(fc.integer({ min: 5, max: 400 }), { minLength: 1, maxLength: 20 }),
        (rate, delays) => {
          const total = readFor(rate, 60, (tick) => delays[tick % delays.length] ?? 20).reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(total / 60 - rate) <= rate * 0.02, `${total / 60} instead of ${rate}`);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('no second gets more than twice the rate, also after a pause', () => {
    const cells = createRateCells();
    const filler = new RateFiller(cells, 1000, 0);
    filler.fill(3_600_000);
    let burst = 0;
    for (let now = 3_600_000; now <= 3_601_000; now += 10) {
      filler.fill(now);
      for (let got = takeTokens(cells, 1000); got > 0; got = takeTokens(cells, 1000)) burst += got;
    }
    assert.ok(burst <= 2000, String(burst));
    assert.ok(burst >= 1000, String(burst));
  });

  test('an idle partition leaves its share to the others', () => {
    const one = readFor(1000, 10, () => 20, 1).reduce((a, b) => a + b, 0);
    assert.ok(one >= 9900, String(one));
  });

  test('a lower rate takes effect on tokens already there', () => {
    const cells = createRateCells();
    const filler = new RateFiller(cells, 100_000, 0);
    filler.fill(1000);
    filler.setRate(10);
    let got = 0;
    for (let taken = takeTokens(cells, 100); taken > 0; taken = takeTokens(cells, 100)) got += taken;
    assert.equal(got, 5);
  });
});
