import { defineSource, type KeyFields, type PipelineFacts } from '@penstock/engine';
import Type, { type Static } from 'typebox';
import { choiceField, fieldNamesField, textField, wholeNumberField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import {
  checkClientSettings,
  clientSettingsField,
  consumerSettings,
  listSettings,
  readClientSettings,
} from '../../shared/kafka-settings/client-settings.ts';
import { kafkaConsumerDocuments } from '../../shared/kafka-settings/stage-versions.ts';
import { checkTopic, isPointTopic, resolveTopic } from '../../shared/kafka-settings/topic-name.ts';
import { BASE_LIBRARY, CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { messageDrops, messageErrors } from '../../shared/outcomes.ts';

const config = Type.Object({
  'kafkaConfigBean.topic': textField({
    title: 'Topic',
    description:
      "Empty: the organisation's internal topic of the pipeline's channel. Otherwise one of the organisation's topics.",
    default: '',
    maxLength: 249,
    control: 'topic',
    group: 'Kafka',
  }),
  'kafkaConfigBean.kafkaConsumerConfigs': clientSettingsField(
    `Settings of the Kafka client. \`auto.offset.reset\` (\`latest\` where absent) says where reading begins without a committed offset. Allowed: ${listSettings(consumerSettings)}.`,
  ),
  partitionedBy: choiceField(
    {
      AUTO: 'Automatic',
      ASSET: 'assetId',
      ASSET_AND_POINT: 'assetId and pointId',
      FIELDS: 'Other fields',
      UNKNOWN: 'Not known',
    },
    {
      title: 'Partitioned By',
      description:
        'By which fields the topic spreads its records over partitions. Automatic: `assetId` for the topics of measurement points of the organisation (INTERNAL and CAL), not known for others; what comes is checked, and where it does not hold, the pipeline goes on as if it were not known. Where it is not known, the pipeline writes records through a topic of its own in front of stages that keep state.',
      default: 'AUTO',
      group: 'Kafka',
      advanced: true,
    },
  ),
  partitionedByFields: fieldNamesField({
    title: 'Partitioning Fields',
    description: 'Top-level fields whose values decide the partition of a record.',
    default: [],
    group: 'Kafka',
    advanced: true,
    dependsOn: { field: 'partitionedBy', values: ['FIELDS'] },
  }),
  'kafkaConfigBean.maxBatchSize': wholeNumberField({
    title: 'Max Batch Size',
    description:
      'Records that make a batch, for stages that work on batches (Record Sorter By Time, Batch Merger). It does not change how fast is read.',
    default: 20,
    minimum: 1,
    maximum: 1_000_000,
    unit: 'records',
    group: 'Kafka',
    advanced: true,
  }),
  'kafkaConfigBean.maxWaitTime': wholeNumberField({
    title: 'Max Wait Time',
    description: 'How long a batch is waited for after its first record, in ms; then it is what has come.',
    default: 10_000,
    minimum: 1,
    maximum: 600_000,
    unit: 'ms',
    group: 'Kafka',
    advanced: true,
  }),
  'kafkaConfigBean.dataFormat': choiceField(
    { JSON: 'JSON' },
    { title: 'Data Format', description: 'Messages are JSON.', default: 'JSON', group: 'Data Format' },
  ),
  'kafkaConfigBean.dataFormatConfig.jsonContent': choiceField(
    { MULTIPLE_OBJECTS: 'Multiple JSON objects', ARRAY_OBJECTS: 'JSON array of objects' },
    {
      title: 'JSON Content',
      description:
        'What documents say of the messages. It is seen from each message: one object is a record, several objects one after the other and the objects of an array are as many records.',
      default: 'MULTIPLE_OBJECTS',
      group: 'Data Format',
    },
  ),
  'kafkaConfigBean.dataFormatConfig.jsonMaxObjectLen': wholeNumberField({
    title: 'Max Object Length',
    description:
      'Longest record in bytes; longer ones are errors. A message of several records may be longer than that.',
    default: 4_096_000,
    minimum: 1,
    maximum: 67_108_864,
    unit: 'bytes',
    group: 'Data Format',
  }),
  'kafkaConfigBean.dataFormatConfig.charset': choiceField(
    { 'UTF-8': 'UTF-8' },
    { title: 'Charset', description: 'Messages are UTF-8.', default: 'UTF-8', group: 'Data Format', advanced: true },
  ),
});

const partitionedBy = (
  settings: Static<typeof config>,
  topic: string,
  pipeline: PipelineFacts,
): KeyFields | undefined => {
  switch (settings.partitionedBy) {
    case 'AUTO':
      return isPointTopic(topic, pipeline) ? ['assetId'] : undefined;
    case 'ASSET':
      return ['assetId'];
    case 'ASSET_AND_POINT':
      return ['assetId', 'pointId'];
    case 'FIELDS':
      return settings.partitionedByFields;
    case 'UNKNOWN':
      return undefined;
  }
};

export const edhKafkaConsumer = defineSource<typeof config>({
  ...operatorNames('origin', 'EDH Kafka Consumer'),
  library: LIBRARY,
  stageNameAliases: [
    'com_streamsets_pipeline_stage_origin_kafka_cluster_KafkaDSourceUser',
    'com_streamsets_pipeline_stage_origin_kafka_KafkaDSourceUser',
    'com_streamsets_pipeline_stage_origin_kafka_cluster_KafkaDSource',
    'com_streamsets_pipeline_stage_origin_kafka_KafkaDSource',
  ],
  version: 1,
  labelAliases: ['Kafka DataSource', 'Data Source', 'Data Souce', 'Kafka Consumer'],
  instancePrefixAliases: ['EDHKafkaConsumerUser', 'KafkaConsumer'],
  libraries: [BASE_LIBRARY, ...CLASSIC_LIBRARIES],
  category: 'source',
  keywords: ['kafka', 'read', 'origin', 'topic', 'data source'],
  summary: 'Reads the records of a Kafka topic.',
  description: `Reads one topic from the pipeline's committed offset, in offset order per partition, and only what is committed.

General pipelines leave the topic empty and read the organisation's internal topic; advanced pipelines name one of the organisation's topics. Topics of other organisations and those whose names begin with \`penstock-\`, \`PENSTOCK_\` or \`__\` are refused.

A message is a JSON object, or several of them: one after the other, with or without white space between them, or as an array. Each object is a record; all records of a message are worked off in one transaction, in their order, with the message's key, offset and timestamp. What in a message is no JSON object, is empty or longer than the limit goes to the errors of this stage with its original bytes and the place where it stood, and the other records of the message go on; where the message is broken (a comma too many, an end that is missing), what is left of it is one error. An array in which nothing stands is dropped and counted. The payload of the ORIGIN topics is the content of one record and stays together.

Where a stage works on batches (Record Sorter By Time, Batch Merger), tasks that run it gather what they read: a batch is whole with Max Batch Size records, Max Wait Time after its first record, or with 16 MiB. In Cluster Mode it ends with Spark's batch, too. Nothing of a batch counts as read before it is whole, so that a pause or a crash takes none apart.

The rate counts messages, the counters of the stage count records. How fast is read is decided when the pipeline is started (\`kafkaRate\`); the consumer group is the pipeline's own, and the configuration names \`consumerGroup\`, \`maxRatePerPartition\`, \`produceSingleRecordPerMessage\`, \`keyDeserializer\` and \`valueDeserializer\` of SDC documents are kept and not used.`,
  config,
  errors: messageErrors,
  drops: messageDrops,
  documentOptions: kafkaConsumerDocuments,
  cluster: true,
  check: (settings, pipeline) => [
    ...checkTopic(settings['kafkaConfigBean.topic'], '/kafkaConfigBean.topic', pipeline),
    ...checkClientSettings(
      settings['kafkaConfigBean.kafkaConsumerConfigs'],
      consumerSettings,
      '/kafkaConfigBean.kafkaConsumerConfigs',
    ),
    ...(settings.partitionedBy === 'FIELDS' && settings.partitionedByFields.length === 0
      ? [
          optionIssue(
            '/partitionedByFields',
            'Name the fields by which the topic is partitioned.',
            'STAGE_OPTION_REQUIRED',
          ),
        ]
      : []),
  ],
  source: (settings, pipeline) => {
    const topic = resolveTopic(settings['kafkaConfigBean.topic'], pipeline);
    const clientSettings = readClientSettings(settings['kafkaConfigBean.kafkaConsumerConfigs']);
    return {
      kind: 'topic',
      topic,
      offsetReset: clientSettings['auto.offset.reset'] === 'earliest' ? 'earliest' : 'latest',
      partitionedBy: partitionedBy(settings, topic, pipeline),
      isPartitioningBelieved: settings.partitionedBy === 'AUTO',
      maxRecordBytes: settings['kafkaConfigBean.dataFormatConfig.jsonMaxObjectLen'],
      batch: { size: settings['kafkaConfigBean.maxBatchSize'], waitMs: settings['kafkaConfigBean.maxWaitTime'] },
      clientSettings,
    };
  },
});
