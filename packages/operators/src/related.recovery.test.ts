import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LookUps } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { consumer, documentOf, givenAssetService, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/** Related Record Obtainer, of the same asset and on a tree, compared with maps that nothing ever loses. */

const NOW = Date.UTC(2026, 0, 1);
const PARENTS: Readonly<Record<string, string | null>> = { a: null, b: 'a', c: 'a', d: 'b' };

const lookUps = (): LookUps =>
  new LookUps(
    {
      http: () => Promise.reject(new Error('There is no HTTP here.')),
      assets: givenAssetService({ trees: { sites: { tags: { k: 'v' }, nodes: PARENTS } } }),
    },
    // Nothing is ever waited for.
    { now: () => NOW, sleep: () => new Promise(() => undefined) },
  );

const obtainer = (name: string, row: JsonObject) => ({
  name,
  label: 'Related Record Obtainer',
  from: ['EDHKafkaConsumer_01'],
  config: { inputOutput: [{ inputPoint: 'm::t', relatedPoint: 'm::p', outputPoint: 'm::out', ...row }] },
});

const document = documentOf([
  consumer('in', { partitionedBy: 'UNKNOWN' }),
  obtainer('RelatedRecordObtainer_01', {}),
  producer('same', 'RelatedRecordObtainer_01'),
  obtainer('RelatedRecordObtainer_02', { relatedType: 'CHILD_ON_TREE', assetTag: 'k::v', recursive: true }),
  producer('tree', 'RelatedRecordObtainer_02', 2),
]);

const isBelow = (asset: string, above: string): boolean => {
  const parent = PARENTS[asset] ?? null;
  return parent !== null && (parent === above || isBelow(parent, above));
};

/** What must come out, in the order of the one partition. */
const expected = (records: readonly JsonObject[]): { readonly same: JsonObject[]; readonly tree: JsonObject[] } => {
  const latest = new Map<string, JsonObject>();
  const [same, tree]: [JsonObject[], JsonObject[]] = [[], []];
  for (const record of records) {
    const asset = String(record.assetId);
    if (record.pointId === 'p') {
      if (Number(record.time) >= Number(latest.get(asset)?.time ?? 0)) latest.set(asset, record);
      continue;
    }
    const put = (to: JsonObject[], isMeant: (asset: string) => boolean): void => {
      const relatedRecords = [...latest.keys()]
        .filter(isMeant)
        .sort()
        .map((one) => latest.get(one) ?? {});
      if (relatedRecords.length > 0)
        to.push({ ...record, pointId: 'out', attr: { relatedRecordObtainer: { relatedRecords } } });
    };
    put(same, (one) => one === asset);
    put(tree, (one) => isBelow(one, asset));
  }
  return { same, tree };
};

const sorted = (records: readonly unknown[]): string[] => records.map((record) => JSON.stringify(record)).sort();

test('what is obtained is the same whatever is committed, lost and repeated in between', async () => {
  const measurement = fc.record({
    assetId: fc.constantFrom('a', 'b', 'c', 'd', 'elsewhere'),
    pointId: fc.constantFrom('p', 'p', 't'),
    time: fc.nat(5),
  });
  const move = fc.record({
    kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
    place: fc.nat(11),
    count: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(measurement, { minLength: 1, maxLength: 30 }),
      fc.array(move, { maxLength: 30 }),
      async (measurements, moves) => {
        const records = measurements.map(
          (one, value): JsonObject => ({
            ...{ modelId: 'm', modelIdPath: '/m', value, attr: {} },
            ...one,
            time: one.time * 1000,
          }),
        );
        const pipeline = new MemoryPipeline({
          document,
          registry: createRegistry(operators),
          input: [records.map((record) => JSON.stringify(record))],
          cutPartitions: 3,
          now: NOW,
          lookUps: lookUps(),
        });
        for (const { kind, place, count } of moves) {
          const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
          if (kind === 'step') await pipeline.step(part, partition, count);
          else if (kind === 'commit') await pipeline.commit(part, partition);
          else await pipeline.crash(part, partition);
        }
        await pipeline.settle();
        const { same, tree } = expected(records);
        assert.deepEqual(sorted(pipeline.output('same')), sorted(same));
        assert.deepEqual(sorted(pipeline.output('tree')), sorted(tree));
        assert.deepEqual(pipeline.output('dead-letters'), []);
      },
    ),
    { numRuns: 40 },
  );
});
