import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRateCells, RateFiller, shareRate, takeTokens } from './rate-limiter.ts';

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
      for (let got = takeTokens(cells, 0, 1000); got > 0; got = takeTokens(cells, 0, 1000))
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
      for (let got = takeTokens(cells, 0, 1000); got > 0; got = takeTokens(cells, 0, 1000)) burst += got;
    }
    assert.ok(burst <= 2000, String(burst));
    assert.ok(burst >= 1000, String(burst));
  });

  test('an idle partition leaves its share to the others', () => {
    const one = readFor(1000, 10, () => 20, 1).reduce((a, b) => a + b, 0);
    assert.ok(one >= 9900, String(one));
  });

  describe('over several sources', () => {
    /** Records per second, over ten seconds. `every20Ms`: what each source has in every 20 ms, taken by that many partitions. */
    const readShares = (rate: number, sources: readonly { readonly takers: number; readonly every20Ms: number }[]) => {
      const cells = createRateCells();
      const filler = new RateFiller(cells, rate, -1000);
      shareRate(cells, sources.length);
      // Who has nothing to read has a full bucket.
      filler.fill(0);
      const read = sources.map(() => 0);
      const waiting = sources.map(() => 0);
      for (let now = 20; now <= 10_000; now += 20) {
        filler.fill(now);
        for (const [source, { every20Ms }] of sources.entries()) waiting[source] = (waiting[source] ?? 0) + every20Ms;
        // Every partition asks in its turn until nobody gets anything.
        for (let gotAny = true; gotAny; ) {
          gotAny = false;
          for (const [source, { takers }] of sources.entries())
            for (let taker = 0; taker < takers; taker++) {
              const got = takeTokens(cells, source, Math.min(100, waiting[source] ?? 0));
              read[source] = (read[source] ?? 0) + got;
              waiting[source] = (waiting[source] ?? 0) - got;
              gotAny ||= got > 0;
            }
        }
      }
      return read.map((records) => Math.round(records / 10));
    };
    const all = Number.MAX_SAFE_INTEGER / 1000;

    test('each has the same share, however many partitions it has', () => {
      const [one = 0, other = 0] = readShares(1000, [
        { takers: 12, every20Ms: all },
        { takers: 1, every20Ms: all },
      ]);
      assert.ok(Math.abs(one - other) <= 20 && one + other >= 1000, `${one} and ${other}`);
    });

    test('what one cannot use goes to the others', () => {
      const read = readShares(900, [
        { takers: 4, every20Ms: 0 },
        { takers: 1, every20Ms: 2 },
        { takers: 8, every20Ms: all },
      ]);
      assert.deepEqual(read.slice(0, 2), [0, 100]);
      assert.ok(Math.abs((read[2] ?? 0) - 800) <= 50, String(read));
    });

    test('together they have no more than the rate, and all of it where they can use it', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 20, max: 100_000 }),
          fc.array(fc.record({ takers: fc.integer({ min: 1, max: 5 }), every20Ms: fc.constantFrom(0, 1, 50, all) }), {
            minLength: 1,
            maxLength: 6,
          }),
          (rate, sources) => {
            const read = readShares(rate, sources);
            const total = read.reduce((sum, one) => sum + one, 0);
            const wanted = sources.reduce((sum, { every20Ms }) => sum + every20Ms * 50, 0);
            // Half a second's worth was there, or a token of each; and each is rounded.
            assert.ok(total <= rate * 1.06 + sources.length, `${total} at ${rate}`);
            assert.ok(total >= Math.min(rate, wanted) * 0.99 - sources.length, `${total} of ${wanted} at ${rate}`);
          },
        ),
        { numRuns: 100 },
      );
    });
  });

  test('a lower rate takes effect on tokens already there', () => {
    const cells = createRateCells();
    const filler = new RateFiller(cells, 100_000, 0);
    filler.fill(1000);
    filler.setRate(10);
    let got = 0;
    for (let taken = takeTokens(cells, 0, 100); taken > 0; taken = takeTokens(cells, 0, 100)) got += taken;
    assert.equal(got, 5);
  });
});
