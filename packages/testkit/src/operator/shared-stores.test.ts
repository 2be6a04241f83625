import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defineProcessor,
  defineSource,
  defineStore,
  defineTarget,
  type KeySpec,
  type OperatorDefinition,
  type OperatorRegistry,
  topicTarget,
} from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import fc from 'fast-check';
import Type from 'typebox';
import { MemoryPipeline } from './memory-pipeline.ts';

/**
 * A recorder and a restorer with one store between them, behind a partitioner that keeps nothing, on a topic that is
 * partitioned by chance.
 */

const about = (id: string) => ({
  id,
  stageName: id,
  library: 'test',
  version: 1,
  label: id,
  instancePrefix: id,
  libraries: [],
  category: 'state' as const,
  keywords: [],
  summary: id,
  description: id,
  config,
});
const config = Type.Object({});

const bySite: KeySpec = { kind: 'parts', parts: ['/attr/site/id'] };
const counts = defineStore<number>({
  name: 'counts',
  version: 1,
  keyParts: 1,
  encode: (count) => count,
  decode: Number,
  group: () => 'recorder',
});

const source = defineSource({
  ...about('source'),
  cluster: true,
  source: () => ({
    kind: 'topic',
    topic: 'in',
    offsetReset: 'earliest',
    partitionedBy: undefined,
    maxRecordBytes: 1_000_000,
    batch: { size: 1, waitMs: 0 },
    clientSettings: {},
  }),
});
const partitioner = defineProcessor<typeof config, unknown>({
  ...about('partitioner'),
  requires: () => bySite,
  redistributes: true,
  changes: () => [],
  create: () => ({ process: (record, out) => out.emit(record) }),
});
const recorder = defineProcessor<typeof config, unknown>({
  ...about('recorder'),
  requires: () => bySite,
  stores: [counts],
  changes: () => ['value'],
  create: (_config, context) => ({
    process(record, out) {
      const [site] = context.keyOf(record, out) ?? [];
      if (site === undefined) return;
      const store = context.store(counts);
      const count = (store.get([site]) ?? 0) + 1;
      store.put([site], count);
      record.set('value', count);
      out.emit(record);
    },
  }),
});
const restorer = defineProcessor<typeof config, unknown>({
  ...about('restorer'),
  requires: () => bySite,
  stores: [counts],
  changes: () => ['quality'],
  create: (_config, context) => ({
    process(record, out) {
      const [site] = context.keyOf(record, out) ?? [];
      if (site === undefined) return;
      record.set('quality', context.store(counts).get([site]) ?? 0);
      out.emit(record);
    },
  }),
});
const target = defineTarget({
  ...about('target'),
  target: () => topicTarget({ topic: 'out', key: () => '', partitionKey: () => '', clientSettings: {} }),
});
const definitions: readonly OperatorDefinition[] = [source, partitioner, recorder, restorer, target];
const registry: OperatorRegistry = {
  definitions,
  resolve: ({ stageName }) => definitions.find((one) => one.stageName === stageName),
};

const names = ['source', 'partitioner', 'recorder', 'restorer', 'target'];
const document: JsonObject = {
  title: 'shared',
  configuration: [],
  stages: names.map((name, index) => ({
    instanceName: name,
    library: 'test',
    stageName: name,
    stageVersion: '1',
    configuration: [],
    uiInfo: { label: name },
    inputLanes: index === 0 ? [] : [names[index - 1] ?? ''],
    outputLanes: index === names.length - 1 ? [] : [name],
  })),
};

const SITES = ['north', 'south', 'east'];
const recordOf = (site: string): string =>
  JSON.stringify({ assetId: 'a', pointId: 'p', time: 1, value: 0, quality: 0, attr: { site: { id: site } } });

test('every record is counted once by its site and restored as it was counted, whatever crashes in between', async () => {
  const move = fc.record({
    kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
    place: fc.nat(5),
    count: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...SITES), { minLength: 1, maxLength: 24 }),
      fc.array(move, { maxLength: 30 }),
      async (sites, moves) => {
        const input = [0, 1, 2].map((partition) => sites.filter((_, index) => index % 3 === partition).map(recordOf));
        const pipeline = new MemoryPipeline({ document, registry, input, cutPartitions: 3, now: 1000 });
        assert.deepEqual(
          pipeline.plan.cuts.map(({ before, partitionedBy }) => [before, partitionedBy]),
          [['partitioner', ['/attr/site/id']]],
        );
        for (const { kind, place, count } of moves) {
          const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
          if (kind === 'step') await pipeline.step(part, partition, count);
          else if (kind === 'commit') await pipeline.commit(part, partition);
          else await pipeline.crash(part, partition);
        }
        await pipeline.settle();
        const found = (pipeline.output('out') as { attr: { site: { id: string } }; value: number; quality: number }[])
          .map(({ attr, value, quality }) => `${attr.site.id} ${value} ${quality}`)
          .sort();
        const seen = new Map<string, number>();
        const expected = sites.map((site) => {
          const count = (seen.get(site) ?? 0) + 1;
          seen.set(site, count);
          return `${site} ${count} ${count}`;
        });
        assert.deepEqual(found, expected.sort());
      },
    ),
    { numRuns: 40 },
  );
});
