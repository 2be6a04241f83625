import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { MemoryPipeline, OperatorHarness, validateConfig } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from '../../generated/operators.ts';
import { createRegistry } from '../../registry.ts';
import { javaDouble } from './java-double.ts';
import { cumulantDecomposer } from './operator.ts';

const row = (extra: object = {}) => ({ inputPoint: 'm::p', outputPoint: 'm::q', ...extra });

test('scales, slopes and attributes that are none are refused at their place', () => {
  const issuesOf = (extra: object) =>
    validateConfig(cumulantDecomposer, { inputOutput: [row(extra)] }).issues.map(({ path }) =>
      path.replace('/stages/0/configuration/0/value/0/', ''),
    );
  const fine = [
    {},
    { scale: 0.5 },
    { minMaxSlope: '0,1' },
    { minMaxSlope: ' [ 1 , 2.5e3 ] ' },
    { scaleType: 0, scale: 'm::ratio', slopeType: '0', minMaxSlope: 'm::max' },
  ];
  for (const extra of fine) assert.deepEqual(issuesOf(extra), [], JSON.stringify(extra));
  for (const scale of ['0', '-1', 'x', '1,5', 'm::ratio', '1e999'])
    assert.deepEqual(issuesOf({ scale }), ['scale'], scale);
  for (const minMaxSlope of ['5', '-1,5', '5,5', '6,5', '[1,2', '1,2,3', 'm::max'])
    assert.deepEqual(issuesOf({ minMaxSlope }), ['minMaxSlope'], minMaxSlope);
  assert.deepEqual(issuesOf({ scaleType: '0', scale: '5', slopeType: '0', minMaxSlope: '[0,5]' }), [
    'scale',
    'minMaxSlope',
  ]);
});

test('numbers are written as Java writes them', () => {
  const texts: Record<string, number> = {
    '0.0': 0,
    '1.0': 1,
    '3.6': 3.6,
    '0.001': 0.001,
    '1.0E-4': 0.0001,
    '9999999.0': 9_999_999,
    '1.0E7': 1e7,
    '1.2345E-10': 1.2345e-10,
    '1.7976931348623157E308': Number.MAX_VALUE,
    Infinity: Number.POSITIVE_INFINITY,
  };
  for (const [text, number] of Object.entries(texts)) assert.equal(javaDouble(number), text);
});

test('a growth beyond what numbers hold is an error, whatever the rows allow', async () => {
  const config = { inputOutput: [row({ slopeType: '0', minMaxSlope: 'm::max' }), row({ scale: '2' })] };
  const harness = await OperatorHarness.create(cumulantDecomposer, config);
  const last = { time: 0, value: -1.5e308 };
  const fields = { modelId: 'm', modelIdPath: '/m', assetId: 'a', pointId: 'p', time: 3_600_000 };
  await harness.send([
    { ...fields, value: 1.5e308, attr: { lastRecordAppender: { lastRecord: last } } },
    { ...fields, time: 1, value: 1e308, attr: { lastRecordAppender: { lastRecord: { time: 0, value: 0 } } } },
  ]);
  assert.deepEqual(
    harness.run.errors.map(({ code }) => code),
    ['RECORD_NUMBER_NOT_FINITE', 'RECORD_NUMBER_NOT_FINITE'],
  );
  assert.deepEqual(harness.run.output, []);
});

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

/** The chain the vendor builds its energy templates of: late readings tagged and kept from being the base. */
const document = documentOf([
  consumer('in', { partitionedBy: 'UNKNOWN' }),
  {
    name: 'LatePointTagger_01',
    label: 'Late Point Tagger',
    from: ['EDHKafkaConsumer_01'],
    config: { inputOutput: [{ inputPoint: 'm::meter', outputPoint: 'm::meter' }] },
  },
  {
    name: 'LastRecordAppender_01',
    label: 'Last Record Appender',
    from: ['LatePointTagger_01'],
    config: {
      inputOutput: [{ inputPoint: 'm::meter', conditions: "${record:value('/dq') == 0}", outputPoint: 'm::with_last' }],
    },
  },
  {
    name: 'CumulantDecomposer_01',
    label: 'Cumulant Decomposer',
    from: ['LastRecordAppender_01'],
    config: {
      inputOutput: [{ inputPoint: 'm::with_last', scale: '2', minMaxSlope: '[0,100]', outputPoint: 'm::delta' }],
    },
  },
  {
    name: 'SimplifiedTimeWindowAggregator_01',
    label: 'Simplified Time Window Aggregator',
    from: ['CumulantDecomposer_01'],
    config: { inputOutput: [{ inputPoint: 'm::delta', aggregateWindow: '1h', outputPoint: 'm::hourly' }] },
  },
  producer('hourly', 'SimplifiedTimeWindowAggregator_01'),
]);

interface Reading {
  readonly asset: number;
  /** In quarters of an hour. */
  readonly time: number;
  readonly value: number;
}

/** Hourly energy in the plainest way: of each asset, reading by reading. */
const expected = (readings: readonly Reading[]): JsonValue[] => {
  const made: JsonValue[] = [];
  for (const asset of [0, 1, 2]) {
    let last: Reading | undefined;
    let hour: { start: number; sum: number } | undefined;
    for (const reading of readings.filter((one) => one.asset === asset)) {
      // What is late is not the base of anything, and has no growth that counts.
      if (last !== undefined && reading.time < last.time) continue;
      const before = last;
      last = reading;
      if (before === undefined || reading.time === before.time) continue;
      const growth = reading.value - before.value;
      const slope = growth / ((reading.time - before.time) / 4);
      if (slope < 0 || slope > 100) continue;
      const start = Math.floor(reading.time / 4);
      if (hour !== undefined && start > hour.start) {
        made.push([`a${asset}`, START + hour.start * HOUR, hour.sum]);
        hour = undefined;
      }
      hour ??= { start, sum: 0 };
      hour.sum += growth * 2;
    }
  }
  return made;
};

test('energy by the hour over resets, jumps, late and repeated readings is the same whatever is committed and lost on the way', async () => {
  const reading = fc.record({ asset: fc.nat(2), time: fc.nat(24), value: fc.integer({ min: 0, max: 60 }) });
  const move = fc.record({
    kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
    place: fc.nat(7),
    count: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(reading, { minLength: 1, maxLength: 60 }),
      fc.array(move, { maxLength: 30 }),
      async (readings, moves) => {
        const text = ({ asset, time, value }: Reading) =>
          JSON.stringify({
            modelId: 'm',
            modelIdPath: '/m',
            assetId: `a${asset}`,
            pointId: 'meter',
            time: START + (time * HOUR) / 4,
            value,
            attr: {},
          });
        const input = [0, 1, 2].map((asset) => readings.filter((one) => one.asset === asset).map(text));
        const pipeline = new MemoryPipeline({
          document,
          registry: createRegistry(operators),
          input,
          cutPartitions: 3,
          now: START + 1000 * HOUR,
        });
        for (const { kind, place, count } of moves) {
          const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
          if (kind === 'step') await pipeline.step(part, partition, count);
          else if (kind === 'commit') await pipeline.commit(part, partition);
          else await pipeline.crash(part, partition);
        }
        await pipeline.settle();
        await pipeline.idle(60_000);
        const made = (pipeline.output('hourly') as JsonObject[]).map(
          ({ assetId, time, value }): JsonValue => [assetId as string, time as number, value as number],
        );
        const sorted = (list: readonly JsonValue[]) => list.map((one) => JSON.stringify(one)).sort();
        assert.deepEqual(sorted(made), sorted(expected(readings)));
        assert.deepEqual(pipeline.output('dead-letters'), []);
      },
    ),
    { numRuns: 40 },
  );
});
