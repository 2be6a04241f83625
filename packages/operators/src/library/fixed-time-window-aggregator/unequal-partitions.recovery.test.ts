import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from '../../generated/operators.ts';
import { createRegistry } from '../../registry.ts';

/**
 * Windows over a source whose partitions have nothing to do with the assets: the plan is cut, records of one key come
 * by all partitions, and these progress as unequally as they like. Compared with sums made from the input directly.
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const IDLE_MS = 30_000;
const registry = createRegistry(operators);
const LATENCY = 1;

const documentOf = (latency: number, options: JsonObject = {}): JsonObject => ({
  title: 'unequal',
  configuration: Object.entries(options).map(([name, value]) => ({ name, value })),
  stages: [
    stage('EDHKafkaConsumer_01', 'EDH Kafka Consumer', undefined, {
      'kafkaConfigBean.topic': 'input',
      partitionedBy: 'UNKNOWN',
    }),
    stage('FixedTimeWindowAggregator_01', 'Fixed Time Window Aggregator', 'EDHKafkaConsumer_01', {
      inputOutput: [
        { inputPoint: 'm::p', windowSize: 1, windowUnit: 'MINUTE', aggregator: 'sum', outputPoint: 'm::sum' },
      ],
      latency,
    }),
    stage('EDHKafkaProducer_01', 'EDH Kafka Producer', 'FixedTimeWindowAggregator_01', { 'conf.topic': 'output' }),
  ],
});

function stage(name: string, label: string, from: string | undefined, config: JsonObject): JsonObject {
  return {
    instanceName: name,
    library: '',
    stageName: '',
    stageVersion: '1',
    configuration: Object.entries(config).map(([key, value]): JsonObject => ({ name: key, value: value as JsonValue })),
    uiInfo: { label },
    inputLanes: from === undefined ? [] : [`${from}_out`],
    outputLanes: label === 'EDH Kafka Producer' ? [] : [`${name}_out`],
  };
}

interface Reading {
  readonly asset: string;
  readonly time: number;
  readonly value: number;
}

const text = ({ asset, time, value }: Reading): string =>
  JSON.stringify({ orgId: 'o1', modelId: 'm', modelIdPath: '/m', assetId: asset, pointId: 'p', time, value });

/** By asset and window: the sum, made the plainest way. */
const referenceOf = (readings: readonly Reading[]): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const { asset, time, value } of readings) {
    const key = `${asset} ${Math.floor(time / MINUTE)}`;
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return sums;
};

const finalsOf = (world: MemoryPipeline): Map<string, number> => {
  const finals = new Map<string, number>();
  for (const record of world.output('output') as JsonObject[]) {
    const key = `${record.assetId} ${Number(record.time) / MINUTE}`;
    assert.ok(!finals.has(key), `window ${key} came out twice`);
    finals.set(key, record.value as number);
  }
  return finals;
};

/** All windows that their asset's newest reading, less the latency, has passed: what must have come out in the end. */
const finishedOf = (readings: readonly Reading[], latencyMs: number): Map<string, number> => {
  const newest = new Map<string, number>();
  for (const { asset, time } of readings) newest.set(asset, Math.max(time, newest.get(asset) ?? 0));
  return new Map(
    [...referenceOf(readings)].filter(([key]) => {
      const [asset, index] = key.split(' ') as [string, string];
      return (Number(index) + 1) * MINUTE + latencyMs <= (newest.get(asset) ?? 0);
    }),
  );
};

const sorted = (map: ReadonlyMap<string, number>): [string, number][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Longer than a partition that has caught up can hold a window back: time-out, two reports, a release. */
const UNTIL_RELEASED = IDLE_MS + 15_000;

test('one device, a value a second, round robin over four partitions, read one after the other: every window is whole', async () => {
  for (const latency of [0, LATENCY]) {
    const readings = Array.from(
      { length: 6000 },
      (_, i): Reading => ({ asset: 'a', time: START + i * 1000, value: 1 }),
    );
    const input = [0, 1, 2, 3].map((p) => readings.filter((_, i) => i % 4 === p).map(text));
    const world = new MemoryPipeline({
      registry,
      document: documentOf(latency),
      input,
      cutPartitions: 4,
      now: START + 86_400_000,
    });
    for (const partition of [2, 0, 3, 1]) {
      while (await world.step(0, partition, 500)) await world.commit(0, partition);
      for (const { part, partition: behind } of world.places.filter(({ part }) => part === 1)) {
        while (await world.step(part, behind, 500)) await world.commit(part, behind);
      }
    }
    await world.settle();
    await world.idle(UNTIL_RELEASED);
    const finals = finalsOf(world);
    assert.equal(finals.size, 99 - latency);
    assert.deepEqual([...new Set(finals.values())], [60]);
    assert.equal(world.output('dead-letters').length, 0);
  }
});

test('a partition that progresses 13 times slower than the others loses nothing, while the others wait for it alone', async () => {
  const assets = Array.from({ length: 8 }, (_, i) => `asset-${i}`);
  const readings = Array.from({ length: 900 }, (_, second) =>
    assets.map((asset, i): Reading => ({ asset, time: START + second * 1000, value: i + second })),
  ).flat();
  const input: string[][] = [[], [], [], []];
  for (const [i, reading] of readings.entries()) input[(i * 7 + Math.floor(i / 8)) % 4]?.push(text(reading));
  const world = new MemoryPipeline({
    registry,
    document: documentOf(LATENCY),
    input,
    cutPartitions: 3,
    now: START + 86_400_000,
  });
  for (let isBusy = true; isBusy; ) {
    isBusy = false;
    for (const partition of [0, 1, 2, 3]) {
      const read = await world.step(0, partition, partition === 3 ? 5 : 65);
      isBusy ||= read;
      await world.commit(0, partition);
    }
    for (const partition of [0, 1, 2]) {
      await world.step(1, partition, 10_000);
      await world.commit(1, partition);
    }
    world.now += 1000;
  }
  await world.settle();
  await world.idle(UNTIL_RELEASED);
  assert.deepEqual(sorted(finalsOf(world)), sorted(finishedOf(readings, LATENCY * MINUTE)));
});

test('an empty partition, and one that falls silent, hold windows no longer than the idle time-out and a report', async () => {
  const world = new MemoryPipeline({
    registry,
    document: documentOf(0),
    input: [[], [], []],
    cutPartitions: 2,
    now: START,
  });
  const readings: Reading[] = [];
  const beat = async (partition: number): Promise<void> => {
    const reading = { asset: 'a', time: world.now, value: 1 };
    readings.push(reading);
    world.write(partition, text(reading));
    await world.settle();
    world.now += 1000;
  };
  for (let i = 0; i < 120; i++) await beat(i % 2);
  assert.equal(finalsOf(world).size, 1, 'partition 2 is empty and holds nothing by now');
  for (let i = 0; i < 120; i++) await beat(0);
  await world.idle(UNTIL_RELEASED - 20_000);
  assert.deepEqual(sorted(finalsOf(world)), sorted(finishedOf(readings, 0)), 'partition 1 has fallen silent');
});

/** What a test does to a pipeline, as data. */
type Deed =
  | { readonly kind: 'step'; readonly place: number; readonly count: number; readonly commits: boolean }
  | { readonly kind: 'crash'; readonly place: number }
  | { readonly kind: 'wait'; readonly seconds: number };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      place: fc.nat(6),
      count: fc.integer({ min: 1, max: 8 }),
      commits: fc.constantFrom(true, true, false),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), place: fc.nat(6) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 120 }) }),
  },
);

/** Readings of some assets, each in order within its partition; assets may lag behind others and keep to some partitions. */
const scenario = fc
  .record({
    assets: fc.array(
      fc.record({
        lag: fc.constantFrom(0, 0, 20 * MINUTE, 50 * MINUTE),
        partitions: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
        steps: fc.array(
          fc.record({
            by: fc.nat(3),
            seconds: fc.oneof(fc.nat(90), fc.constantFrom(600, 5400)),
            value: fc.integer({ min: -50, max: 50 }),
          }),
          { minLength: 20, maxLength: 60, size: 'max' },
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    deeds: fc.array(deed, { minLength: 40, maxLength: 120, size: 'max' }),
  })
  .map(({ assets, deeds }) => {
    const readings = assets
      .flatMap(({ lag, partitions, steps }, index) => {
        let time = START + index;
        return steps.map(({ by, seconds, value }) => {
          time += seconds * 1000;
          const partition = partitions[by % partitions.length] as number;
          return { partition, written: time, reading: { asset: `a${index}`, time: time - lag, value } };
        });
      })
      .sort((a, b) => a.written - b.written);
    return { readings, deeds };
  });

test('whatever the order in which tasks work, commit and crash, every finished window is that of the reference', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ readings, deeds }) => {
      const input = [0, 1, 2, 3].map((p) =>
        readings.filter(({ partition }) => partition === p).map(({ reading }) => text(reading)),
      );
      const world = new MemoryPipeline({
        registry,
        document: documentOf(0, { idleTimeoutMs: IDLE_MS }),
        input,
        cutPartitions: 3,
        now: START + 10 * 86_400_000,
      });
      for (const one of deeds) {
        if (one.kind === 'wait') {
          world.now += one.seconds * 1000;
          continue;
        }
        const { part, partition } = world.places[one.place] as { part: number; partition: number };
        if (one.kind === 'crash') await world.crash(part, partition);
        else {
          await world.step(part, partition, one.count);
          if (one.commits) await world.commit(part, partition);
        }
      }
      await world.settle();
      await world.idle(UNTIL_RELEASED);
      const all = readings.map(({ reading }) => reading);
      assert.deepEqual(sorted(finalsOf(world)), sorted(finishedOf(all, 0)));
      assert.equal(world.output('dead-letters').length, 0);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});
