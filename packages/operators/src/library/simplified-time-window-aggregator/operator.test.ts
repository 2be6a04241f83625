import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { OperatorHarness, validateConfig } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { simplifiedTimeWindowAggregator } from './operator.ts';

const MINUTE = 60_000;
const config = (aggregateWindow: string): JsonObject => ({
  inputOutput: [{ inputPoint: 'm::p', aggregateWindow, outputPoint: 'm::q' }],
});
const record = (assetId: string, time: number, value: number): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId,
  pointId: 'p',
  time,
  value,
});

test('windows are given as lengths with a unit, and what is none is refused', () => {
  const issuesOf = (text: string) =>
    validateConfig(simplifiedTimeWindowAggregator, config(text)).issues.map(({ path }) => path);
  for (const text of ['1m', '15 m', '1 hour', '2 Days', '30seconds', '366d'])
    assert.deepEqual(issuesOf(text), [], text);
  for (const text of ['0m', '367d', '5', 'm5', '1.5h', '1 week', '99999999d'])
    assert.deepEqual(issuesOf(text), ['/stages/0/configuration/0/value/0/aggregateWindow'], text);
});

test('the sum of a window comes with the first record of a later one, per asset, over any restarts', async () => {
  const reading = fc.record({
    assetId: fc.constantFrom('a', 'b'),
    time: fc.integer({ min: -5, max: 60 }).map((halves) => halves * 30_000),
    value: fc.integer({ min: -9, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(reading, { maxLength: 40 }),
      fc.array(fc.nat(40), { maxLength: 3 }),
      fc.constantFrom(1, 3, 7),
      async (readings, cuts, minutes) => {
        const size = minutes * MINUTE;
        const open = new Map<string, { start: number; sum: number }>();
        const expected: unknown[] = [];
        let harness = await OperatorHarness.create(simplifiedTimeWindowAggregator, config(`${minutes}m`));
        const actual: unknown[] = [];
        const take = (): void => {
          actual.push(...harness.run.output.map(({ assetId, time, value }) => [assetId, time, value]));
        };
        let late = 0;
        let dropped = 0;
        for (const [index, { assetId, time, value }] of readings.entries()) {
          if (cuts.includes(index)) {
            take();
            dropped += harness.run.dropped.length;
            const stored = await harness.storedState();
            harness = await OperatorHarness.create(simplifiedTimeWindowAggregator, config(`${minutes}m`), { stored });
          }
          await harness.send([record(assetId, time, value)]);
          const start = Math.floor(time / size) * size;
          const now = open.get(assetId);
          if (now === undefined || start > now.start) {
            if (now !== undefined) expected.push([assetId, now.start, now.sum]);
            open.set(assetId, { start, sum: value });
          } else if (start === now.start) now.sum += value;
          else late++;
        }
        take();
        dropped += harness.run.dropped.length;
        assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)));
        assert.equal(dropped, late);
      },
    ),
    { numRuns: 100 },
  );
});
