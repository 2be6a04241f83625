import type { DocumentOptions } from '@penstock/engine';

/**
 * Options of StreamSets' Kafka stages in the versions that documents in the field have. Version 1 of both had bare
 * names; the consumer put them under `kafkaConfigBean.`; the producer first under `kafkaConfigBean.` (what concerns
 * Kafka under `kafkaConfigBean.kafkaConfig.`) and then under `conf.`.
 */

const BROKERS = 'the Kafka of the service is used, whatever brokers a document names.';
const GROUP = "the consumer group is the pipeline's own.";

/** A topic by whatever name: `topicList`, `topicName`, `conf.topik`. */
const SAYS_TOPIC = /topi[ck]/i;

const prefixed = (from: string, to: string, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [from + name, to + name]));

const CONSUMER_JSON = ['jsonContent', 'jsonMaxObjectLen', 'charset'];

export const kafkaConsumerDocuments: DocumentOptions = {
  renamed: {
    ...prefixed('', 'kafkaConfigBean.', ['topic', 'dataFormat', 'kafkaConsumerConfigs', 'maxBatchSize', 'maxWaitTime']),
    ...prefixed('', 'kafkaConfigBean.dataFormatConfig.', CONSUMER_JSON),
    ...prefixed('kafkaConfigBean.', 'kafkaConfigBean.dataFormatConfig.', CONSUMER_JSON),
    // Version 1 kept the settings of the client under another name.
    kafkaConsumerConfig: 'kafkaConfigBean.kafkaConsumerConfigs',
  },
  ignored: {
    ...Object.fromEntries(
      [
        'metadataBrokerList',
        'zookeeperConnect',
        'kafkaConfigBean.metadataBrokerList',
        'kafkaConfigBean.zookeeperConnect',
        'kafkaConfigBean.connectionConfig.connection.metadataBrokerList',
      ].map((name) => [name, BROKERS]),
    ),
    consumerGroup: GROUP,
    'kafkaConfigBean.kafkaAutoOffsetReset':
      'say where reading begins with the setting `auto.offset.reset` of "kafkaConfigBean.kafkaConsumerConfigs".',
  },
  kept: [
    'kafkaConfigBean.dataFormatConfig.*',
    ...['kafkaConfigBean.consumerGroup', 'kafkaConfigBean.produceSingleRecordPerMessage'],
    'kafkaConfigBean.maxRatePerPartition',
    ...['kafkaConfigBean.keyDeserializer', 'kafkaConfigBean.valueDeserializer', 'kafkaConfigBean.keyCapture*'],
    ...['produceSingleRecordPerMessage', 'kafkaConfigBean.timestamps*'],
    ...['kafkaConfigBean.provideKeytab', 'kafkaConfigBean.userKeytab', 'kafkaConfigBean.userPrincipal'],
    'kafkaConfigBean.timestampToSearchOffsets',
  ],
  neverAssumed: { 'kafkaConfigBean.topic': SAYS_TOPIC },
};

const PRODUCER_KAFKA = ['topic', 'kafkaProducerConfigs', 'partitionStrategy', 'partition', 'runtimeTopicResolution'];
const PRODUCER_KAFKA_KEPT = ['topicExpression', 'topicWhiteList', 'singleMessagePerBatch'];
const PRODUCER_PREFIXES = ['', 'kafkaConfigBean.', 'kafkaConfigBean.kafkaConfig.'];

export const kafkaProducerDocuments: DocumentOptions = {
  renamed: {
    ...Object.assign({}, ...PRODUCER_PREFIXES.map((from) => prefixed(from, 'conf.', PRODUCER_KAFKA))),
    ...prefixed('', 'conf.', ['dataFormat']),
    ...prefixed('kafkaConfigBean.', 'conf.', ['dataFormat', 'dataGeneratorFormatConfig.jsonMode']),
    jsonMode: 'conf.dataGeneratorFormatConfig.jsonMode',
  },
  ignored: Object.fromEntries(
    [...PRODUCER_PREFIXES, 'conf.', 'conf.connectionConfig.connection.'].map((prefix) => [
      `${prefix}metadataBrokerList`,
      BROKERS,
    ]),
  ),
  kept: [
    'conf.dataGeneratorFormatConfig.*',
    'kafkaConfigBean.dataGeneratorFormatConfig.*',
    ...[...PRODUCER_PREFIXES, 'conf.'].flatMap((prefix) => PRODUCER_KAFKA_KEPT.map((name) => prefix + name)),
    ...['conf.keySerializer', 'conf.valueSerializer', 'conf.messageKeyFormat', 'conf.responseConf.*', 'charset'],
    ...['conf.provideKeytab', 'conf.userKeytab', 'conf.userPrincipal'],
  ],
  neverAssumed: { 'conf.topic': SAYS_TOPIC },
};
