import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/**
 * Latest Record Merger, and Record Capturer and Record Restorer behind a Partitioner, compared with maps that nothing
 * ever loses.
 * The assets of a site are in one partition, so that their order is defined; the plan does not know, and cuts.
 */

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 1);

const document = documentOf([
  consumer('in', { partitionedBy: 'UNKNOWN' }),
  {
    name: 'LatestRecordMerger_01',
    label: 'Latest Record Merger',
    from: ['EDHKafkaConsumer_01'],
    config: {
      inputOutput: [{ inputPoint: 'm::a' }, { inputPoint: 'm::t', isTrigger: true, outputPoint: 'm::merged' }],
      mergedByExpression: "${record:value('/attr/parents[0]')}",
      cacheExpireTime: 1,
    },
  },
  producer('merged', 'LatestRecordMerger_01'),
  {
    name: 'Partitioner_01',
    label: 'Partitioner',
    from: ['EDHKafkaConsumer_01'],
    config: { initMethodArguments: ['/assetId'] },
  },
  {
    name: 'RecordCapturer_01',
    label: 'Record Capturer',
    from: ['Partitioner_01'],
    config: { inputOutput: [{ inputPoint: 'm::a' }] },
  },
  { name: 'Trash_01', label: 'Trash', from: ['RecordCapturer_01'] },
  {
    name: 'RecordRestorer_01',
    label: 'Record Restorer',
    from: ['Partitioner_01'],
    config: { inputOutput: [{ inputPoint: 'm::t', restorePoint: 'm::a', outputPoint: 'm::restored' }] },
  },
  producer('restored', 'RecordRestorer_01', 2),
]);

interface Measurement {
  readonly site: number;
  readonly asset: number;
  readonly pointId: string;
  /** In half minutes. */
  readonly time: number;
}

const measurement: fc.Arbitrary<Measurement> = fc.record({
  site: fc.nat(2),
  asset: fc.nat(1),
  pointId: fc.constantFrom('a', 'a', 't'),
  time: fc.nat(8),
});

const recordOf = ({ site, asset, pointId, time }: Measurement, value: number): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId: `site${site}asset${asset}`,
  pointId,
  time: (time * MINUTE) / 2,
  value,
  attr: { parents: [`site${site}`] },
});

/** What must come out, in the order in which records of a site come. */
const expected = (
  records: readonly JsonObject[],
): { readonly merged: JsonObject[]; readonly restored: JsonObject[] } => {
  const tags = new Map<string, Map<string, JsonObject>>();
  const captured = new Map<string, JsonObject>();
  const merged: JsonObject[] = [];
  const restored: JsonObject[] = [];
  for (const record of records) {
    const tag = (record.attr as { parents: string[] }).parents[0] ?? '';
    const asset = String(record.assetId);
    const before = [...(tags.get(tag)?.values() ?? [])];
    const newest = Math.max(...before.map(({ time }) => Number(time)));
    if (Number(record.time) - newest > MINUTE) tags.delete(tag);
    const points = tags.get(tag) ?? new Map<string, JsonObject>();
    tags.set(tag, points);
    const place = `${asset} ${record.pointId}`;
    if (Number(record.time) >= Number(points.get(place)?.time ?? 0)) points.set(place, record);
    if (record.pointId === 'a') {
      captured.set(asset, record);
      continue;
    }
    const mergedRecords = [...points].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    const attr = { ...(record.attr as JsonObject), latestRecordMerger: { mergedTag: tag, mergedRecords } };
    merged.push({ ...record, pointId: 'merged', attr });
    const last = captured.get(asset);
    if (last !== undefined) restored.push({ ...last, pointId: 'restored' });
  }
  return { merged, restored };
};

const sorted = (records: readonly JsonValue[]): string[] => records.map((record) => JSON.stringify(record)).sort();

test('what is merged and what is restored is the same whatever is committed, lost and repeated in between', async () => {
  const move = fc.record({
    kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
    place: fc.nat(11),
    count: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(measurement, { minLength: 1, maxLength: 40 }),
      fc.array(move, { maxLength: 30 }),
      async (measurements, moves) => {
        const records = measurements.map(recordOf);
        const input = [0, 1, 2].map((site) =>
          records.filter((_, index) => measurements[index]?.site === site).map((record) => JSON.stringify(record)),
        );
        const pipeline = new MemoryPipeline({
          document,
          registry: createRegistry(operators),
          input,
          cutPartitions: 3,
          now: NOW,
        });
        assert.deepEqual(
          pipeline.plan.cuts.map(({ before }) => before),
          ['LatestRecordMerger_01', 'Partitioner_01'],
        );
        for (const { kind, place, count } of moves) {
          const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
          if (kind === 'step') await pipeline.step(part, partition, count);
          else if (kind === 'commit') await pipeline.commit(part, partition);
          else await pipeline.crash(part, partition);
        }
        await pipeline.settle();
        const { merged, restored } = expected(records);
        assert.deepEqual(sorted(pipeline.output('merged')), sorted(merged));
        assert.deepEqual(sorted(pipeline.output('restored')), sorted(restored));
        assert.deepEqual(pipeline.output('dead-letters'), []);
      },
    ),
    { numRuns: 40 },
  );
});
