import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { compileRun } from './compile-run.ts';
import { isRefuted, keepRefutation, type PartitioningAdmin } from './source-partitioning.ts';

const tagger = {
  name: 'LatePointTagger_01',
  label: 'Late Point Tagger',
  from: ['EDHKafkaConsumer_01'],
  config: { inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::q' }] },
};
const spec = (partitionedBy: string) => ({
  pipelineId: 'p1',
  orgId: 'o1',
  messageChannel: 0 as const,
  document: documentOf([consumer('', { partitionedBy }), tagger, producer('out', 'LatePointTagger_01')]),
});

const memoryAdmin = (): PartitioningAdmin & { readonly topics: Map<string, number> } => {
  const topics = new Map<string, number>();
  return {
    topics,
    partitionCount: async (topic) => topics.get(topic),
    ensureTopic: async (topic, { partitions }) => {
      topics.set(topic, topics.get(topic) ?? partitions);
      return { created: true, partitions };
    },
  };
};

const sourcePartitions = 4;
const planOf = async (run: ReturnType<typeof spec>, admin: PartitioningAdmin) => {
  const plan = compileRun(run, { sourcePartitions });
  const isPartitioningRefuted = await isRefuted(run, plan, { sourcePartitions }, admin);
  return compileRun(run, { sourcePartitions, isPartitioningRefuted });
};

test('what records have shown once holds for every later worker, with as many partitions as the source has', async () => {
  const admin = memoryAdmin();
  const believing = await planOf(spec('AUTO'), admin);
  assert.deepEqual([believing.cuts.length, believing.sources[0]?.check], [0, { partitions: 4 }]);
  await keepRefutation(spec('AUTO'), believing, undefined, admin, { source: 0, sourcePartitions: [4] });
  assert.deepEqual([...admin.topics.values()], [4]);
  const careful = await planOf(spec('AUTO'), admin);
  assert.deepEqual([careful.cuts.length, careful.sources[0]?.check], [1, undefined]);
});

test('what somebody has said of the topic is not doubted', async () => {
  const admin = memoryAdmin();
  const told = await planOf(spec('ASSET'), admin);
  await keepRefutation(spec('ASSET'), told, undefined, admin, { source: 0, sourcePartitions: [4] });
  assert.deepEqual([told.cuts.length, told.sources[0]?.check, admin.topics.size], [0, undefined, 0]);
});
