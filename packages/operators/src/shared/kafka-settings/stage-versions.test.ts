import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilePlan } from '@penstock/engine';
import type { Issue, JsonObject, JsonValue } from '@penstock/model';
import { operators } from '../../generated/operators.ts';
import { createRegistry } from '../../registry.ts';

const registry = createRegistry(operators);
const facts = { pipelineId: 'p', orgId: 'o1', messageChannel: 0 } as const;

const CONSUMER = 'com_streamsets_pipeline_stage_origin_kafka_KafkaDSource';
const PRODUCER = 'com_streamsets_pipeline_stage_destination_kafka_KafkaDTarget';

const documentOf = (consumer: JsonObject, producer: JsonObject): JsonValue => {
  const stage = (instanceName: string, stageName: string, options: JsonObject, lanes: JsonObject): JsonObject => ({
    instanceName,
    library: 'streamsets-datacollector-apache-kafka_0_10-lib',
    stageName,
    stageVersion: '2',
    configuration: Object.entries(options).map(([name, value]): JsonObject => ({ name, value })),
    ...lanes,
  });
  return {
    stages: [
      stage('KafkaConsumer_01', CONSUMER, consumer, { inputLanes: [], outputLanes: ['a'] }),
      stage('KafkaProducer_01', PRODUCER, producer, { inputLanes: ['a'], outputLanes: [] }),
    ],
  };
};

const compiled = (consumer: JsonObject, producer: JsonObject) =>
  compilePlan(documentOf(consumer, producer), { registry, facts });

/** Topics that are read and written, and what is said about it. */
const topicsOf = (consumer: JsonObject, producer: JsonObject): { topics: unknown[]; issues: string[] } => {
  const { plan, issues } = compiled(consumer, producer);
  const target = plan?.parts[0]?.stages[0]?.target;
  const source = plan?.sources[0]?.spec;
  return {
    topics: [source?.kind === 'topic' && source.topic, target?.topics[0]?.topic],
    issues: issues.map(lineOf),
  };
};
const lineOf = ({ severity, code, path }: Issue): string => `${severity} ${code} ${path}`;

const consumerTopic = { 'kafkaConfigBean.topic': 'in' };
const producerTopic = { 'conf.topic': 'out' };

describe('Kafka stages of other versions', () => {
  test('read and write the topics they name, under whatever name the version had for it', () => {
    for (const consumer of [consumerTopic, { topic: 'in' }])
      for (const producer of [
        producerTopic,
        { topic: 'out' },
        { 'kafkaConfigBean.topic': 'out' },
        { 'kafkaConfigBean.kafkaConfig.topic': 'out' },
      ])
        assert.deepEqual(topicsOf(consumer, producer), { topics: ['in', 'out'], issues: [] });
  });
  test('are refused where they are not JSON, at the place in the document', () => {
    assert.deepEqual(topicsOf({ topic: 'in', dataFormat: 'AVRO' }, producerTopic).issues, [
      'error STAGE_OPTION_NOT_VALID /stages/0/configuration/1/value',
    ]);
    assert.deepEqual(
      topicsOf(consumerTopic, { 'kafkaConfigBean.kafkaConfig.topic': 'out', 'kafkaConfigBean.dataFormat': 'AVRO' })
        .issues,
      ['error STAGE_OPTION_NOT_VALID /stages/1/configuration/1/value'],
    );
  });
  test('never fall back to a topic nobody named when the document names one', () => {
    for (const name of ['conf.topik', 'topicName', 'conf.topicList', 'outputTopic'])
      assert.deepEqual(topicsOf(consumerTopic, { [name]: 'lab_results' }).issues, [
        'error STAGE_OPTION_UNKNOWN /stages/1/configuration/0/name',
      ]);
    assert.deepEqual(topicsOf({ 'kafkaConfigBean.topc': 'x' }, producerTopic).issues, [
      'warning STAGE_OPTION_UNKNOWN /stages/0/configuration/0/name',
    ]);
    assert.deepEqual(topicsOf({ 'conf.topicList': ['x'] }, producerTopic).issues, [
      'error STAGE_OPTION_UNKNOWN /stages/0/configuration/0/name',
    ]);
  });
  test('with two names for one option say which', () => {
    assert.deepEqual(topicsOf({ ...consumerTopic, topic: 'other' }, producerTopic).issues, [
      'error STAGE_OPTION_AMBIGUOUS /stages/0/configuration/1/name',
    ]);
    assert.deepEqual(topicsOf({ ...consumerTopic, topic: 'in' }, producerTopic).issues, []);
  });
  test('say that brokers and groups of a document are not used', () => {
    assert.deepEqual(
      topicsOf(
        { ...consumerTopic, metadataBrokerList: 'other:9092', consumerGroup: 'lab' },
        { ...producerTopic, 'kafkaConfigBean.kafkaConfig.metadataBrokerList': 'other:9092' },
      ).issues,
      [
        'warning STAGE_OPTION_IGNORED /stages/0/configuration/1/name',
        'warning STAGE_OPTION_IGNORED /stages/0/configuration/2/name',
        'warning STAGE_OPTION_IGNORED /stages/1/configuration/1/name',
      ],
    );
  });
  test('with the options of an EnOS export have nothing to say', () => {
    const { topics, issues } = topicsOf(
      {
        'kafkaConfigBean.dataFormat': 'JSON',
        'kafkaConfigBean.dataFormatConfig.jsonContent': 'MULTIPLE_OBJECTS',
        'kafkaConfigBean.dataFormatConfig.csvFileFormat': 'CSV',
        'kafkaConfigBean.consumerGroup': 'g',
        'kafkaConfigBean.topic': 'in',
        'kafkaConfigBean.produceSingleRecordPerMessage': false,
        'kafkaConfigBean.maxBatchSize': 20,
        'kafkaConfigBean.maxWaitTime': 10000,
        'kafkaConfigBean.maxRatePerPartition': 60,
        'kafkaConfigBean.keyDeserializer': 'STRING',
        'kafkaConfigBean.valueDeserializer': 'DEFAULT',
        'kafkaConfigBean.kafkaConsumerConfigs': [{ 'auto.offset.reset': 'latest' }],
        stageOnRecordError: 'TO_ERROR',
      },
      {
        'conf.dataFormat': 'JSON',
        'conf.dataGeneratorFormatConfig.jsonMode': 'MULTIPLE_OBJECTS',
        'conf.dataGeneratorFormatConfig.charset': 'UTF-8',
        'conf.topicExpression': `\${record:value('/topic')}`,
        'conf.topicWhiteList': '*',
        'conf.topic': 'out',
        'conf.partitionStrategy': 'DEFAULT',
        'conf.singleMessagePerBatch': false,
        'conf.keySerializer': 'STRING',
        'conf.valueSerializer': 'DEFAULT',
        'conf.kafkaProducerConfigs': [],
        stageRequiredFields: [],
        stageRecordPreconditions: [],
      },
    );
    assert.deepEqual({ topics, issues }, { topics: ['in', 'out'], issues: [] });
  });
});

describe('a pipeline that writes where it reads', () => {
  const loopsOf = (...rows: readonly (readonly [input: string, output: string])[]): string[] => {
    const document = {
      stages: [
        {
          instanceName: 'S_01',
          stageName: 'com_penstock_stage_origin_EDHKafkaConsumer',
          inputLanes: [],
          outputLanes: ['a'],
        },
        {
          instanceName: 'W_01',
          stageName: 'com_penstock_stage_processor_FixedTimeWindowAggregator',
          configuration: [
            { name: 'inputOutput', value: rows.map(([inputPoint, outputPoint]) => ({ inputPoint, outputPoint })) },
          ],
          inputLanes: ['a'],
          outputLanes: ['b'],
        },
        {
          instanceName: 'T_01',
          stageName: 'com_penstock_stage_destination_EDHKafkaProducer',
          inputLanes: ['b'],
          outputLanes: [],
        },
      ],
    };
    return compilePlan(document, { registry, facts }).issues.map(lineOf);
  };
  const loop = ['warning GRAPH_TOPIC_LOOP /stages/2'];

  test('without selecting or renaming is warned of', () => {
    assert.deepEqual(topicsOf(consumerTopic, { 'conf.topic': 'in' }).issues, ['warning GRAPH_TOPIC_LOOP /stages/1']);
    assert.deepEqual(loopsOf(['m::p', 'm::p']), loop);
    assert.deepEqual(loopsOf(['m::p', 'm::q'], ['m::q', 'm::p']), loop);
  });
  test('other points than it reads, also over several turns, is as usual', () => {
    assert.deepEqual(loopsOf(['m::p', 'm::q']), []);
    assert.deepEqual(loopsOf(['m::p', 'm::hour'], ['m::hour', 'm::day'], ['m::day', 'm::year']), []);
  });
});

test('a table of ten thousand points is compiled, one of more than a hundred thousand refused in our own words', () => {
  const table = (size: number): JsonValue => {
    const rows = Array.from(
      { length: size },
      (_, index): JsonObject => ({
        inputPoint: `m${index % 500}::p${Math.floor(index / 500)}`,
        outputPoint: `m${index % 500}::q${Math.floor(index / 500)}`,
      }),
    );
    return {
      stages: [
        { instanceName: 'S_01', stageName: CONSUMER, inputLanes: [], outputLanes: ['a'] },
        {
          instanceName: 'L_01',
          stageName: 'com_penstock_stage_processor_LatePointTagger',
          configuration: [{ name: 'inputOutput', value: rows }],
          inputLanes: ['a'],
          outputLanes: ['b'],
        },
        { instanceName: 'T_01', stageName: PRODUCER, inputLanes: ['b'], outputLanes: [] },
      ],
    };
  };
  assert.deepEqual(compilePlan(table(10_000), { registry, facts }).issues, []);
  assert.deepEqual(
    compilePlan(table(100_001), { registry, facts }).issues.map(({ path, message }) => [path, message]),
    [['/stages/1/configuration/0/value', '"inputOutput" must have at most 100000 entries; it has 100001.']],
  );
});
