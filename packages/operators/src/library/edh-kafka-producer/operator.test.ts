import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryLog, StreamRecord, type TargetPort } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { testPipeline, validateConfig } from '@penstock/testkit/operator';
import { edhKafkaProducer } from './operator.ts';

const targetOf = (config: JsonObject): TargetPort => {
  const validated = validateConfig(edhKafkaProducer, config);
  assert.deepEqual(validated.issues, []);
  return edhKafkaProducer.target(validated.config as never, testPipeline);
};

/** The key of the message a record becomes, and the text its partition was chosen by; null where none was. */
const keysOf = async (config: JsonObject, fields: JsonObject) => {
  const log = new MemoryLog();
  let chosenBy: string | null = null;
  const target = await targetOf(config).open({
    instanceName: 'EDHKafkaProducer_01',
    pipeline: testPipeline,
    clock: { now: () => 0 },
    sql: () => assert.fail('it has no database'),
    appender: (topic) => {
      const appender = log.appender(topic);
      return {
        ...appender,
        partitionFor: (key) => {
          chosenBy = key;
          return appender.partitionFor(key);
        },
      };
    },
    log: () => undefined,
  });
  const fail = (): never => assert.fail('the record was refused');
  target.write?.(StreamRecord.from(fields), { emit: () => undefined, drop: fail, error: fail });
  return [log.messages[0]?.key, chosenBy];
};

test('a stage of an EnOS export writes with key assetId+pointId, partitioned by assetId', async () => {
  const config = {
    'conf.topicExpression': "${record:value('/topic')}",
    'conf.topicWhiteList': '*',
    'conf.topic': 'MEASURE_POINT_INTERNAL',
    'conf.partitionStrategy': 'DEFAULT',
    'conf.partition': `\${record:value('/"assetId"')}\${record:value('/"pointId"')}`,
    'conf.singleMessagePerBatch': false,
    'conf.kafkaProducerConfigs': [],
  };
  assert.equal(targetOf(config).topics[0]?.topic, 'MEASURE_POINT_INTERNAL_o1');
  assert.deepEqual(await keysOf(config, { assetId: 'a1', pointId: 'p1' }), ['a1p1', 'a1']);
  assert.deepEqual(await keysOf(config, { assetId: 7, pointId: 'p1' }), ['7p1', '7p1']);
  assert.deepEqual(await keysOf(config, { pointId: 'p1' }), ['p1', 'p1']);
  assert.deepEqual(await keysOf(config, {}), [null, null]);
});

test('key and partition can be chosen', async () => {
  assert.deepEqual(await keysOf({ 'conf.partition': "x-${record:value('/n')}" }, { n: 5, assetId: 'a' }), ['x-5', 'a']);
  assert.deepEqual(
    await keysOf({ 'conf.partition': "${record:value('/n')}", partitionKey: 'MESSAGE_KEY' }, { n: 5, assetId: 'a' }),
    ['5', '5'],
  );
  assert.deepEqual(await keysOf({ 'conf.partitionStrategy': 'ROUND_ROBIN' }, { assetId: 'a', pointId: 'p' }), [
    'ap',
    null,
  ]);
});

test('what it cannot do is an issue', () => {
  const pathsOf = (config: JsonObject) => validateConfig(edhKafkaProducer, config).issues.map((issue) => issue.path);
  assert.deepEqual(pathsOf({ 'conf.partition': '${1 +' }), ['/stages/0/configuration/0/value']);
  assert.deepEqual(pathsOf({ 'conf.runtimeTopicResolution': 'true' }), ['/stages/0/configuration/0/value']);
  assert.deepEqual(pathsOf({ 'conf.partitionStrategy': 'EXPRESSION' }), ['/stages/0/configuration/0/value']);
  assert.deepEqual(pathsOf({ 'conf.topic': 'penstock-state-p1' }), ['/stages/0/configuration/0/value']);
});
