import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { checkRun } from './compile-run.ts';
import { keepRefutation, type PartitioningAdmin, planOfRun } from './source-partitioning.ts';

const tagger = {
  name: 'LatePointTagger_01',
  label: 'Late Point Tagger',
  from: ['EDHKafkaConsumer_01'],
  config: { inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::q' }] },
};
const pipelineOf = (partitionedBy: string) =>
  checkRun({
    pipelineId: 'p1',
    orgId: 'o1',
    messageChannel: 0,
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

test('what records have shown once holds for every later worker, with as many partitions as the source has', async () => {
  const admin = memoryAdmin();
  const believing = await planOfRun(pipelineOf('AUTO'), admin, 4);
  assert.deepEqual([believing.cuts.length, believing.source.check], [0, { partitions: 4 }]);
  await keepRefutation(pipelineOf('AUTO'), believing, admin);
  assert.deepEqual([...admin.topics.values()], [4]);
  const careful = await planOfRun(pipelineOf('AUTO'), admin, 4);
  assert.deepEqual([careful.cuts.length, careful.source.check], [1, undefined]);
});

test('what somebody has said of the topic is not doubted', async () => {
  const admin = memoryAdmin();
  const told = await planOfRun(pipelineOf('ASSET'), admin, 4);
  await keepRefutation(pipelineOf('ASSET'), told, admin);
  assert.deepEqual([told.cuts.length, told.source.check, admin.topics.size], [0, undefined, 0]);
});
