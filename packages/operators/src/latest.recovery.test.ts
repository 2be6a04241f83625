import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/** Record Generator with the latest values that come in, in whatever partition, over commits and crashes of any task. */

const EVERY = 10_000;
const FIRST = Date.UTC(2026, 0, 1) + 4321;
const ASSETS = Array.from({ length: 4 }, (_, index) => `asset-${index}`);
const SILENT = 'asset-that-says-nothing';
const registry = createRegistry(operators);

const document = documentOf([
  consumer('in', { partitionedBy: 'ASSET' }),
  {
    name: 'RecordGenerator_01',
    label: 'Record Generator',
    from: ['EDHKafkaConsumer_01'],
    config: {
      outputs: [...ASSETS, SILENT].map((assetId) => ({ assetId, outputPoint: 'p' })),
      triggerFrequency: '10s',
      missedTriggers: 'EACH',
      generateMethod: 'LATEST_VALUE',
      notExistHandle: 'MOCK',
      valueGenerator: 'INPUT_STRING',
      input: 'mock',
    },
  },
  producer('made', 'RecordGenerator_01'),
]);

interface Made {
  readonly assetId: string;
  readonly value: number | 'mock';
  readonly slot: number;
}

const madeOf = ({ assetId, value, attr }: JsonObject): Made => {
  const { recordGenerator } = attr as { recordGenerator: { curQueryBatch: number } };
  return { assetId: String(assetId), value: value as Made['value'], slot: recordGenerator.curQueryBatch };
};

const move = fc.record({
  kind: fc.constantFrom('write' as const, 'write' as const, 'step' as const, 'commit' as const, 'crash' as const),
  asset: fc.nat(ASSETS.length - 1),
  place: fc.nat(11),
  ms: fc.integer({ min: 0, max: 15_000 }),
});

test('each slot has the latest of every asset, once, never one that is older than before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(move, { maxLength: 40 }), async (tasks, moves) => {
      const input = Array.from({ length: tasks }, () => []);
      const pipeline = new MemoryPipeline({ document, registry, input, cutPartitions: 3, now: FIRST });
      await pipeline.settle();
      const newest = new Map<string, number>();
      const everybody = pipeline.places;
      for (const { kind, asset, place, ms } of moves) {
        const { part, partition } = everybody[place % everybody.length] ?? { part: 0, partition: 0 };
        if (kind === 'write') {
          // Values count up with time; every other one comes late and is not the latest.
          const assetId = ASSETS[asset] ?? '';
          const value = (newest.get(assetId) ?? 0) + 1;
          newest.set(assetId, value);
          for (const one of [value, value - 1])
            pipeline.write(asset % tasks, JSON.stringify({ assetId, pointId: 'p', time: FIRST + one, value: one }));
        } else if (kind === 'step') {
          pipeline.now += ms;
          await pipeline.step(part, partition, 3);
        } else if (kind === 'commit') await pipeline.commit(part, partition);
        else await pipeline.crash(part, partition);
      }
      await pipeline.settle();
      pipeline.now += EVERY;
      await pipeline.settle();
      const slots = Math.floor(pipeline.now / EVERY) - Math.floor(FIRST / EVERY);
      const made = (pipeline.output('made') as JsonObject[]).map(madeOf);
      for (const assetId of [...ASSETS, SILENT]) {
        const own = made.filter((one) => one.assetId === assetId).sort((one, other) => one.slot - other.slot);
        const due = Array.from({ length: slots }, (_, index) => (Math.floor(FIRST / EVERY) + 1 + index) * EVERY);
        assert.deepEqual(
          own.map(({ slot }) => slot),
          due,
        );
        const values = own.map(({ value }) => (value === 'mock' ? 0 : value));
        assert.deepEqual(
          values,
          values.toSorted((one, other) => one - other),
        );
        assert.equal(values.at(-1), newest.get(assetId) ?? 0, 'the last slot has the newest value of all');
      }
      assert.deepEqual(pipeline.output('dead-letters'), []);
    }),
    { numRuns: 25 },
  );
});
