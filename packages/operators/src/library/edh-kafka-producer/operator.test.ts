import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamRecord } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { testPipeline, validateConfig } from '../../testkit/run-operator.ts';
import { edhKafkaProducer } from './operator.ts';

const targetOf = (config: JsonObject) => {
  const validated = validateConfig(edhKafkaProducer, config);
  assert.deepEqual(validated.issues, []);
  const spec = edhKafkaProducer.target(validated.config as never, testPipeline);
  assert.ok(spec.kind === 'topic');
  return spec;
};
const keysOf = (config: JsonObject, fields: JsonObject) => {
  const spec = targetOf(config);
  const record = StreamRecord.from(fields);
  return [spec.key(record), spec.partitionKey(record)];
};

test('a stage of an EnOS export writes with key assetId+pointId, partitioned by assetId', () => {
  const config = {
    'conf.topicExpression': "${record:value('/topic')}",
    'conf.topicWhiteList': '*',
    'conf.topic': 'MEASURE_POINT_INTERNAL',
    'conf.partitionStrategy': 'DEFAULT',
    'conf.partition': `\${record:value('/"assetId"')}\${record:value('/"pointId"')}`,
    'conf.singleMessagePerBatch': false,
    'conf.kafkaProducerConfigs': [],
  };
  assert.equal(targetOf(config).topic, 'MEASURE_POINT_INTERNAL_o1');
  assert.deepEqual(keysOf(config, { assetId: 'a1', pointId: 'p1' }), ['a1p1', 'a1']);
  assert.deepEqual(keysOf(config, { assetId: 7, pointId: 'p1' }), ['7p1', '7p1']);
  assert.deepEqual(keysOf(config, { pointId: 'p1' }), ['p1', 'p1']);
  assert.deepEqual(keysOf(config, {}), [null, null]);
});

test('key and partition can be chosen', () => {
  assert.deepEqual(keysOf({ 'conf.partition': "x-${record:value('/n')}" }, { n: 5, assetId: 'a' }), ['x-5', 'a']);
  assert.deepEqual(
    keysOf({ 'conf.partition': "${record:value('/n')}", partitionKey: 'MESSAGE_KEY' }, { n: 5, assetId: 'a' }),
    ['5', '5'],
  );
  assert.deepEqual(keysOf({ 'conf.partitionStrategy': 'ROUND_ROBIN' }, { assetId: 'a', pointId: 'p' }), ['ap', null]);
});

test('what it cannot do is an issue', () => {
  const pathsOf = (config: JsonObject) => validateConfig(edhKafkaProducer, config).issues.map((issue) => issue.path);
  assert.deepEqual(pathsOf({ 'conf.partition': '${1 +' }), ['/stages/0/configuration/0/value']);
  assert.deepEqual(pathsOf({ 'conf.runtimeTopicResolution': 'true' }), ['/stages/0/configuration/0/value']);
  assert.deepEqual(pathsOf({ 'conf.partitionStrategy': 'EXPRESSION' }), ['/stages/0/configuration/0/value']);
  assert.deepEqual(pathsOf({ 'conf.topic': 'penstock-state-p1' }), ['/stages/0/configuration/0/value']);
});
