import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { OperatorHarness, runOperator } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { AGGREGATORS } from '../../shared/windows/accumulator.ts';
import { fixedTimeWindowAggregator } from './operator.ts';

/** Times in seconds over a few minutes; values whole, so that sums do not depend on their order. */
interface Sample {
  readonly time: number;
  readonly value: number;
  /** How much later than others it arrives, in ms. */
  readonly delay: number;
}

const MINUTE = 60_000;
const sizes = [10_000, MINUTE, 3 * MINUTE];
const rows = sizes.flatMap((size) =>
  AGGREGATORS.map((aggregator) => ({
    inputPoint: 'm::p',
    windowSize: size / 1000,
    windowUnit: 'SECOND',
    aggregator,
    outputPoint: `m::${aggregator}-${size}`,
  })),
);

const samplesWithin = (latency: number) =>
  fc.uniqueArray(
    fc.record({
      time: fc.integer({ min: 0, max: 900 }).map((seconds) => seconds * 1000),
      value: fc.integer({ min: -1000, max: 1000 }),
      delay: latency === 0 ? fc.constant(0) : fc.nat({ max: latency - 1 }),
    }),
    { selector: ({ time }) => time, maxLength: 60 },
  );

const toRecord = ({ time, value }: { time: number; value: number }, assetId = 'a'): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId,
  pointId: 'p',
  time,
  value,
});

const inOrder = (samples: readonly Sample[], by: (sample: Sample) => number): Sample[] =>
  [...samples].sort((a, b) => by(a) - by(b) || a.time - b.time);

/** Finishes every window. */
const END = { time: 10_000_000, value: 0 };

/** The finals by output point, in the order in which they came. */
const finalsOf = (output: readonly JsonObject[]): Map<string, JsonValue[]> => {
  const finals = new Map<string, JsonValue[]>();
  for (const record of output) {
    const { calMode, calDetail } = (record.attr as { windowAggregator: JsonObject }).windowAggregator;
    if (calMode !== 'final') continue;
    const { lastSum, lastCnt, ...detail } = calDetail as JsonObject;
    const point = String(record.pointId);
    finals.set(point, [...(finals.get(point) ?? []), [record.time as number, record.value as number, detail]]);
  }
  return finals;
};

/** What must come out, computed from the sorted input in the plainest way. */
const reference = (samples: readonly Sample[]): Map<string, JsonValue[]> => {
  const finals = new Map<string, JsonValue[]>();
  for (const size of sizes)
    for (const start of new Set(inOrder(samples, ({ time }) => time).map(({ time }) => time - (time % size)))) {
      const members = inOrder(
        samples.filter(({ time }) => time >= start && time < start + size),
        ({ time }) => time,
      );
      const values = members.map(({ value }) => value);
      const [first, last] = [members[0] as Sample, members.at(-1) as Sample];
      const sum = values.reduce((a, b) => a + b, 0);
      const timeOf = (value: number) => members.find((member) => member.value === value)?.time as number;
      const results: Record<string, [number, JsonObject]> = {
        max: [Math.max(...values), { time: timeOf(Math.max(...values)) }],
        min: [Math.min(...values), { time: timeOf(Math.min(...values)) }],
        avg: [sum / values.length, { sum, cnt: values.length }],
        count: [values.length, { cnt: values.length }],
        sum: [sum, { sum, cnt: values.length }],
        first: [first.value, { time: first.time }],
        last: [last.value, { time: last.time }],
        delta: [
          last.value - first.value,
          { first: first.value, firstTime: first.time, last: last.value, lastTime: last.time },
        ],
      };
      for (const [aggregator, [value, detail]] of Object.entries(results)) {
        const point = `${aggregator}-${size}`;
        finals.set(point, [...(finals.get(point) ?? []), [start, value, detail]]);
      }
    }
  return finals;
};

const assertSameFinals = (actual: Map<string, JsonValue[]>, expected: Map<string, JsonValue[]>): void => {
  // JSON has no -0.
  assert.deepEqual(JSON.parse(JSON.stringify([...actual].sort())), JSON.parse(JSON.stringify([...expected].sort())));
};

test('any order of arrival within the latency gives the result of the sorted input, and nothing is late', async () => {
  const input = fc
    .constantFrom(0, 1, 2, 5)
    .chain((latency) => fc.tuple(fc.constant(latency), samplesWithin(latency * MINUTE)));
  await fc.assert(
    fc.asyncProperty(input, fc.boolean(), fc.boolean(), async ([latency, samples], onTimeTrigger, earlyTrigger) => {
      const arriving = inOrder(samples, ({ time, delay }) => time + delay).map((sample) => toRecord(sample));
      const config = { inputOutput: rows, latency, onTimeTrigger, earlyTrigger, earlyTriggerType: 'INPUT_POINT' };
      const run = await runOperator(fixedTimeWindowAggregator, config, [...arriving, toRecord(END)]);
      assert.deepEqual(run.dropped, []);
      assertSameFinals(finalsOf(run.output), reference(samples));
    }),
    { numRuns: 60 },
  );
});

test('in any order at all, exactly the records behind watermark and latency are late, and the windows stay few', async () => {
  const input = fc.tuple(fc.constantFrom(0, 1, 3), samplesWithin(900_000));
  await fc.assert(
    fc.asyncProperty(input, async ([latency, samples]) => {
      const config = { inputOutput: [rows[9] as JsonObject], latency };
      const size = MINUTE;
      const harness = await OperatorHarness.create(fixedTimeWindowAggregator, config);
      const late: number[] = [];
      let watermark = Number.NEGATIVE_INFINITY;
      for (const sample of inOrder(samples, ({ time, delay }) => time + delay)) {
        watermark = Math.max(watermark, sample.time);
        if (sample.time - (sample.time % size) + size + latency * MINUTE <= watermark) late.push(sample.time);
        await harness.send([toRecord(sample)]);
        for (const stored of (await harness.storedState()).values()) {
          const [[, windows]] = (stored as { r: [[string, JsonValue[]]] }).r;
          assert.ok(windows.length <= (latency * MINUTE) / size + 2);
        }
      }
      assert.deepEqual(
        harness.run.dropped.map(({ record }) => record.time),
        late,
      );
    }),
    { numRuns: 60 },
  );
});

test('stored and resumed at any points, with other keys in between, the output is the same', async () => {
  const input = fc.tuple(
    fc.constantFrom(0, 1, 5),
    samplesWithin(400_000),
    fc.array(fc.nat({ max: 59 }), { maxLength: 4 }),
  );
  await fc.assert(
    fc.asyncProperty(
      input,
      fc.boolean(),
      fc.boolean(),
      async ([latency, samples, cuts], onTimeTrigger, earlyTrigger) => {
        const config = { inputOutput: rows, latency, onTimeTrigger, earlyTrigger, earlyTriggerType: 'INPUT_POINT' };
        const arriving = inOrder(samples, ({ time, delay }) => time + delay).map((sample) =>
          toRecord(sample, sample.value % 3 === 0 ? 'b' : 'a'),
        );
        const straight = await runOperator(fixedTimeWindowAggregator, config, arriving);
        let harness = await OperatorHarness.create(fixedTimeWindowAggregator, config);
        const output: JsonObject[] = [];
        for (const [index, record] of arriving.entries()) {
          if (cuts.includes(index)) {
            output.push(...harness.run.output);
            harness = await OperatorHarness.create(fixedTimeWindowAggregator, config, {
              stored: await harness.storedState(),
            });
          }
          await harness.send([record]);
        }
        assert.deepEqual([...output, ...harness.run.output], straight.output);
      },
    ),
    { numRuns: 60 },
  );
});
