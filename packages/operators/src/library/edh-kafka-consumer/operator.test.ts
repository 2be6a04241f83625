import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { testPipeline, validateConfig } from '@penstock/testkit/operator';
import { edhKafkaConsumer } from './operator.ts';

const sourceOf = (config: JsonObject) => {
  const validated = validateConfig(edhKafkaConsumer, config);
  assert.deepEqual(validated.issues, []);
  const spec = edhKafkaConsumer.source(validated.config as never, testPipeline);
  assert.ok(spec.kind === 'topic');
  return spec;
};

test("a stage of an EnOS export reads the organisation's internal topic from its end", () => {
  const spec = sourceOf({
    'kafkaConfigBean.dataFormat': 'JSON',
    'kafkaConfigBean.dataFormatConfig.jsonContent': 'MULTIPLE_OBJECTS',
    'kafkaConfigBean.dataFormatConfig.jsonMaxObjectLen': '4096000',
    'kafkaConfigBean.consumerGroup': 'group',
    'kafkaConfigBean.topic': 'MEASURE_POINT_INTERNAL',
    'kafkaConfigBean.maxRatePerPartition': 60,
    'kafkaConfigBean.kafkaConsumerConfigs': [{ 'auto.offset.reset': 'latest' }],
    stageOnRecordError: 'TO_ERROR',
  });
  assert.deepEqual(spec, {
    kind: 'topic',
    topic: 'MEASURE_POINT_INTERNAL_o1',
    offsetReset: 'latest',
    partitionedBy: ['assetId'],
    isPartitioningBelieved: true,
    maxRecordBytes: 4_096_000,
    batch: { size: 20, waitMs: 10_000 },
    clientSettings: { 'auto.offset.reset': 'latest' },
  });
});

test('what a topic is partitioned by is known for system topics and as configured for others', () => {
  assert.equal(sourceOf({ 'kafkaConfigBean.topic': 'X' }).partitionedBy, undefined);
  assert.deepEqual(sourceOf({ 'kafkaConfigBean.topic': 'MEASURE_POINT_CAL' }).partitionedBy, ['assetId']);
  assert.equal(sourceOf({ partitionedBy: 'UNKNOWN' }).partitionedBy, undefined);
  assert.deepEqual(sourceOf({ 'kafkaConfigBean.topic': 'X', partitionedBy: 'ASSET' }).partitionedBy, ['assetId']);
  assert.deepEqual(sourceOf({ partitionedBy: 'ASSET_AND_POINT' }).partitionedBy, ['assetId', 'pointId']);
  assert.deepEqual(sourceOf({ partitionedBy: 'FIELDS', partitionedByFields: ['gateway'] }).partitionedBy, ['gateway']);
});

test('a document may say that messages are arrays', () => {
  assert.equal(sourceOf({ 'kafkaConfigBean.dataFormatConfig.jsonContent': 'ARRAY_OBJECTS' }).kind, 'topic');
});

test('formats it cannot read and fields that are missing are issues', () => {
  const pathsOf = (config: JsonObject) => validateConfig(edhKafkaConsumer, config).issues.map((issue) => issue.path);
  assert.deepEqual(pathsOf({ 'kafkaConfigBean.dataFormat': 'AVRO' }), ['/stages/0/configuration/0/value']);
  assert.deepEqual(pathsOf({ partitionedBy: 'FIELDS' }), ['/stages/0/configuration']);
  assert.deepEqual(pathsOf({ 'kafkaConfigBean.topic': 'MEASURE_POINT_INTERNAL_o2' }), [
    '/stages/0/configuration/0/value',
  ]);
  assert.deepEqual(pathsOf({ 'kafkaConfigBean.kafkaConsumerConfigs': [{ key: 'group.id', value: 'x' }] }), [
    '/stages/0/configuration/0/value/0',
  ]);
});
