import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/**
 * Energy Integrator with meters and powers, compared with a plain sum over all readings. The records of an asset are in
 * one partition, so that their order is defined; the plan does not know, and cuts.
 */

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const registry = createRegistry(operators);

const energy = (number: number, config: Readonly<Record<string, JsonValue>>) => ({
  ...processor('EnergyIntegrator', config, 'EDHKafkaConsumer_01'),
  name: `EnergyIntegrator_0${number}`,
});
const document = documentOf([
  consumer('in', { partitionedBy: 'UNKNOWN' }),
  energy(1, {
    inputOutput: [
      { inputPoint: 'm::p', outputPoint: 'm::day', detailOutputPoint: 'm::part', detailInterval: '5h', scale: '2' },
    ],
  }),
  producer('metered', 'EnergyIntegrator_01'),
  energy(2, {
    method: 'INSTANT_POWER',
    timeZone: '+08:00',
    inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::day', threshold: '[0,3]', interpolation: 'LAST_VALUE' }],
  }),
  producer('integrated', 'EnergyIntegrator_02', 2),
]);

interface Reading {
  readonly asset: number;
  readonly hours: number;
  readonly value: number;
}

const DAY = 24;

/** Totals of all days that a later reading has ended. */
const expected = (readings: readonly Reading[], asset: number) => {
  const metered = new Map<number, number>();
  const integrated = new Map<number, number>();
  let newest: Reading | undefined;
  let meterBase: Reading | undefined;
  let lastPower: number | undefined;
  const day = (hours: number, offset = 0): number => Math.floor((hours + offset) / DAY);
  for (const reading of readings.filter((one) => one.asset === asset)) {
    if (newest !== undefined && reading.hours <= newest.hours) continue;
    if (newest !== undefined && meterBase !== undefined) {
      const growth = reading.value - meterBase.value;
      const own = day(reading.hours);
      metered.set(own, (metered.get(own) ?? 0) + (growth > 0 ? 2 * growth : 0));
      const power: number | undefined = newest.value <= 3 ? newest.value : lastPower;
      const local = day(reading.hours, 8);
      integrated.set(local, (integrated.get(local) ?? 0) + (power ?? 0) * (reading.hours - newest.hours));
      lastPower = power;
    }
    if (meterBase?.value !== reading.value) meterBase = reading;
    newest = reading;
  }
  const ended = (totals: ReadonlyMap<number, number>, offset: number): JsonValue[] =>
    [...totals]
      .filter(([one]) => newest !== undefined && one < day(newest.hours, offset))
      .map(([one, total]) => [asset, START + (one * DAY - offset) * HOUR, total]);
  return { metered: ended(metered, 0), integrated: ended(integrated, 8) };
};

const sorted = (list: readonly JsonValue[]): string[] => list.map((one) => JSON.stringify(one)).sort();
const outputOf = ({ assetId, time, value }: JsonObject): JsonValue => [
  Number(String(assetId).slice(1)),
  time as number,
  Math.round(Number(value) * 1e6) / 1e6,
];

test('totals of energy are the same whatever is committed, lost and repeated in between', async () => {
  const reading = fc.record({ asset: fc.nat(4), hours: fc.nat(120), value: fc.nat(5) });
  const move = fc.record({
    kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
    place: fc.nat(11),
    count: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(reading, { minLength: 1, maxLength: 40 }),
      fc.array(move, { maxLength: 25 }),
      async (readings, moves) => {
        const input = [0, 1, 2].map((partition) =>
          readings
            .filter(({ asset }) => asset % 3 === partition)
            .map(({ asset, hours, value }) =>
              JSON.stringify({
                modelId: 'm',
                modelIdPath: '/m',
                assetId: `a${asset}`,
                pointId: 'p',
                time: START + hours * HOUR,
                value,
              }),
            ),
        );
        const pipeline = new MemoryPipeline({ document, registry, input, cutPartitions: 2, now: START + 200 * HOUR });
        for (const { kind, place, count } of moves) {
          const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
          if (kind === 'step') await pipeline.step(part, partition, count);
          else if (kind === 'commit') await pipeline.commit(part, partition);
          else await pipeline.crash(part, partition);
        }
        await pipeline.settle();
        const wanted = [0, 1, 2, 3, 4].map((asset) => expected(readings, asset));
        const metered = (pipeline.output('metered') as JsonObject[]).filter(({ pointId }) => pointId === 'day');
        assert.deepEqual(sorted(metered.map(outputOf)), sorted(wanted.flatMap((one) => one.metered)));
        assert.deepEqual(
          sorted((pipeline.output('integrated') as JsonObject[]).map(outputOf)),
          sorted(wanted.flatMap((one) => one.integrated)),
        );
        assert.deepEqual(pipeline.output('dead-letters'), []);
      },
    ),
    { numRuns: 15 },
  );
});
