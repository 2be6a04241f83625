import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/**
 * Multi Point Calculator, compared with a plain search through all values that came before. The records of an asset are
 * in one partition, so that their order is defined; the plan does not know, and cuts.
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const registry = createRegistry(operators);

const document = documentOf([
  consumer('in', { partitionedBy: 'UNKNOWN' }),
  processor(
    'MultiPointCalculator',
    {
      inputOutput: [
        {
          outputPoint: 'm::sum',
          triggerPoint: 'm::a',
          outputLogic: 'if (${m::a} > 2) { ${m::a} * 10 + ${m::b} } else { 0 }',
        },
      ],
    },
    'EDHKafkaConsumer_01',
  ),
  producer('calculated', 'MultiPointCalculator_01'),
]);

interface Reading {
  readonly asset: number;
  readonly pointId: string;
  readonly minutes: number;
  readonly value: number;
}

const expected = (readings: readonly Reading[]): JsonValue[] =>
  readings.flatMap((reading, index): JsonValue[] => {
    const { asset, pointId, minutes, value } = reading;
    if (pointId !== 'a') return [];
    const answer = (result: number): JsonValue[] => [[asset, START + minutes * MINUTE, result]];
    if (value <= 2) return answer(0);
    const before = readings.slice(0, index).filter((one) => one.asset === asset && one.pointId === 'b');
    // One value for each time, the last that came; of these the four newest are kept.
    const kept = [...new Map(before.map((one) => [one.minutes, one])).values()]
      .sort((one, other) => other.minutes - one.minutes)
      .slice(0, 4);
    const b = kept.find((one) => one.minutes <= minutes);
    return b === undefined ? [] : answer(value * 10 + b.value);
  });

const sorted = (list: readonly JsonValue[]): string[] => list.map((one) => JSON.stringify(one)).sort();

test('what is calculated is the same whatever is committed, lost and repeated in between', async () => {
  const reading = fc.record({
    asset: fc.nat(4),
    pointId: fc.constantFrom('a', 'b'),
    minutes: fc.nat(12),
    value: fc.nat(5),
  });
  const move = fc.record({
    kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
    place: fc.nat(11),
    count: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(reading, { minLength: 1, maxLength: 60 }),
      fc.array(move, { maxLength: 25 }),
      async (readings, moves) => {
        const input = [0, 1, 2].map((partition) =>
          readings
            .filter(({ asset }) => asset % 3 === partition)
            .map(({ asset, pointId, minutes, value }) =>
              JSON.stringify({
                modelId: 'm',
                modelIdPath: '/m',
                assetId: `a${asset}`,
                pointId,
                time: START + minutes * MINUTE,
                value,
              }),
            ),
        );
        const pipeline = new MemoryPipeline({ document, registry, input, cutPartitions: 2, now: START + 20 * MINUTE });
        for (const { kind, place, count } of moves) {
          const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
          if (kind === 'step') await pipeline.step(part, partition, count);
          else if (kind === 'commit') await pipeline.commit(part, partition);
          else await pipeline.crash(part, partition);
        }
        await pipeline.settle();
        const calculated = (pipeline.output('calculated') as JsonObject[]).map(
          ({ assetId, time, value }): JsonValue => [Number(String(assetId).slice(1)), time as number, value as number],
        );
        assert.deepEqual(sorted(calculated), sorted(expected(readings)));
        assert.deepEqual(pipeline.output('dead-letters'), []);
      },
    ),
    { numRuns: 30 },
  );
});
