import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { OperatorHarness } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { AGGREGATORS, type Aggregator } from '../../shared/windows/accumulator.ts';
import { slidingTimeWindowAggregator } from './operator.ts';

/** Sliding windows beside the plainest that could be: all records kept, every window computed when it ends. */

interface Sample {
  /** ms */
  readonly time: number;
  /** Whole, so that sums do not depend on their order. */
  readonly value: number;
}

interface Sizes {
  /** ms */
  readonly step: number;
  readonly size: number;
}

const samples = fc.array(
  fc.record({
    time: fc
      .oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 600 }) },
        { weight: 1, arbitrary: fc.integer({ min: -300, max: 3000 }) },
      )
      .map((seconds) => seconds * 1000),
    value: fc.integer({ min: -100, max: 100 }),
  }),
  { maxLength: 50 },
);
const sizes: fc.Arbitrary<Sizes> = fc
  .tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 400 }))
  .map(([step, more]) => ({ step: step * 1000, size: (step + more) * 1000 }));

const toRecord = ({ time, value }: Sample): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId: 'a',
  pointId: 'p',
  time,
  value,
});

const configOf = ({ step, size }: Sizes): JsonObject => ({
  inputOutput: AGGREGATORS.map((aggregator) => ({
    inputPoint: 'm::p',
    fixedWindowSize: step / 1000,
    fixedWindowUnit: 'SECOND',
    slidingWindowSize: size / 1000,
    slidingWindowUnit: 'SECOND',
    aggregator,
    outputPoint: `m::${aggregator}`,
  })),
});

/** Of the values of a window in the order in which they came. */
const aggregated = (aggregator: Aggregator, members: readonly Sample[]): number => {
  const values = members.map(({ value }) => value);
  const byTime = [...members].sort((a, b) => a.time - b.time);
  // Sorting keeps the order of equal times: the first to come is first, the last to come is last.
  const [first, last] = [byTime[0]?.value ?? 0, byTime.at(-1)?.value ?? 0];
  const sum = values.reduce((a, b) => a + b, 0);
  return {
    max: Math.max(...values),
    min: Math.min(...values),
    avg: sum / values.length,
    count: values.length,
    sum,
    first,
    last,
    delta: last - first,
  }[aggregator];
};

const expected = (
  input: readonly Sample[],
  { step, size }: Sizes,
): { readonly output: JsonValue[]; readonly late: number[] } => {
  const output: JsonValue[] = [];
  const late: number[] = [];
  const windows = new Map<number, Sample[]>();
  let newest = Number.NEGATIVE_INFINITY;
  for (const sample of input) {
    newest = Math.max(newest, sample.time);
    const ended = [...windows.keys()].filter((start) => start + size <= newest).sort((a, b) => a - b);
    for (const aggregator of AGGREGATORS)
      for (const start of ended) {
        const members = windows.get(start) ?? [];
        output.push([aggregator, start, aggregated(aggregator, members), members.length]);
      }
    for (const start of ended) windows.delete(start);
    let isTaken = false;
    const firstStart = Math.floor((sample.time - size) / step) * step;
    for (let start = firstStart; start <= sample.time; start += step)
      if (sample.time < start + size && start + size > newest) {
        windows.set(start, [...(windows.get(start) ?? []), sample]);
        isTaken = true;
      }
    if (!isTaken) late.push(sample.time);
  }
  return { output, late };
};

const briefOf = ({ pointId, time, value, attr }: JsonObject): JsonValue => {
  const { calMode, lastOutput } = (attr as { windowAggregator: JsonObject }).windowAggregator;
  assert.deepEqual([calMode, lastOutput], ['final', 'NaN']);
  return [pointId as string, time as number, value as number];
};

test('whatever comes in whatever order, over any commits and restarts, windows and late records are those of the plain way', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, samples, fc.array(fc.nat(50), { maxLength: 4 }), async (given, input, cuts) => {
      const config = configOf(given);
      let harness = await OperatorHarness.create(slidingTimeWindowAggregator, config);
      const output: JsonObject[] = [];
      const late: JsonValue[] = [];
      const take = (): void => {
        output.push(...harness.run.output);
        late.push(...harness.run.dropped.map(({ record, reason }) => [reason, record.time as number]));
        assert.deepEqual(harness.run.errors, []);
      };
      for (const [index, sample] of input.entries()) {
        if (cuts.includes(index)) {
          take();
          const stored = await harness.storedState();
          await harness.close();
          harness = await OperatorHarness.create(slidingTimeWindowAggregator, config, { stored });
          assert.deepEqual(await harness.storedState(), stored);
        }
        await harness.send([toRecord(sample)]);
      }
      take();
      await harness.close();
      const wanted = expected(input, given);
      assert.deepEqual(
        JSON.parse(JSON.stringify(output.map(briefOf))),
        JSON.parse(JSON.stringify(wanted.output.map((one) => (one as JsonValue[]).slice(0, 3)))),
      );
      assert.deepEqual(
        late,
        wanted.late.map((time) => ['late', time]),
      );
    }),
    { numRuns: 150 },
  );
});
