import { compileExpression, defineTarget, type StreamRecord, topicTarget } from '@penstock/engine';
import type { JsonValue } from '@penstock/model';
import Type from 'typebox';
import { choiceField, switchField, textField } from '../../shared/config/fields.ts';
import { expressionIssues, optionIssue } from '../../shared/config/option-issue.ts';
import {
  checkClientSettings,
  clientSettingsField,
  listSettings,
  producerSettings,
  readClientSettings,
} from '../../shared/kafka-settings/client-settings.ts';
import { kafkaProducerDocuments } from '../../shared/kafka-settings/stage-versions.ts';
import { checkTopic, resolveTopic } from '../../shared/kafka-settings/topic-name.ts';
import { BASE_LIBRARY, CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { expressionFailed } from '../../shared/outcomes.ts';

/** The message key of every EnOS pipeline (contract D.4): asset id and point id without anything between. */
const DEFAULT_KEY = `\${record:value('/"assetId"')}\${record:value('/"pointId"')}`;

const config = Type.Object({
  'conf.topic': textField({
    title: 'Topic',
    description:
      "Empty: the organisation's internal topic of the pipeline's channel. Otherwise one of the organisation's topics.",
    default: '',
    maxLength: 249,
    control: 'topic',
    group: 'Kafka',
  }),
  'conf.kafkaProducerConfigs': clientSettingsField(
    `Settings of the Kafka client. Allowed: ${listSettings(producerSettings)}.`,
  ),
  'conf.partitionStrategy': choiceField(
    { DEFAULT: 'By key', ROUND_ROBIN: 'Round robin', RANDOM: 'Random' },
    {
      title: 'Partition Strategy',
      description:
        'By key: records with the same partition key keep their order. Round robin and random: the writer chooses.',
      default: 'DEFAULT',
      group: 'Kafka',
    },
  ),
  'conf.partition': textField({
    title: 'Message Key',
    description: 'Expression whose value is the key of the message. An empty value is written as no key.',
    default: DEFAULT_KEY,
    maxLength: 4000,
    control: 'expression',
    group: 'Kafka',
    advanced: true,
  }),
  partitionKey: choiceField(
    { ASSET: 'assetId', MESSAGE_KEY: 'Message key' },
    {
      title: 'Partition Key',
      description:
        'What decides the partition of a record: its `assetId`, so that all points of an asset stay together, or the message key. A record without `assetId` is partitioned by its message key.',
      default: 'ASSET',
      group: 'Kafka',
      advanced: true,
      dependsOn: { field: 'conf.partitionStrategy', values: ['DEFAULT'] },
    },
  ),
  'conf.dataFormat': choiceField(
    { JSON: 'JSON' },
    { title: 'Data Format', description: 'Messages are JSON.', default: 'JSON', group: 'Data Format' },
  ),
  'conf.dataGeneratorFormatConfig.jsonMode': choiceField(
    { MULTIPLE_OBJECTS: 'Multiple JSON objects' },
    {
      title: 'JSON Content',
      description: 'Each record is one message.',
      default: 'MULTIPLE_OBJECTS',
      group: 'Data Format',
    },
  ),
  'conf.runtimeTopicResolution': switchField({
    title: 'Runtime Topic Resolution',
    description: 'Topics chosen per record are not supported: leave it off.',
    default: false,
    group: 'Kafka',
    advanced: true,
  }),
});

/**
 * The default key without the expression machinery: it is built for every record. One of the format of 0.4.0 has its
 * `measurementId` where others have a `pointId`.
 */
const defaultKey = (record: StreamRecord): string | null => {
  const { assetId } = record;
  const id = record.pointId ?? record.measurementId;
  if (assetId !== undefined && id !== undefined) return assetId + id;
  const named = record.get('pointId') ?? record.get('measurementId');
  return textOrNull(scalarText(record.get('assetId')) + scalarText(named));
};

const scalarText = (value: JsonValue | bigint | undefined): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : typeof value === 'bigint'
        ? String(value)
        : JSON.stringify(value);

const textOrNull = (text: string): string | null => (text === '' ? null : text);

const keyOf = (expression: string): ((record: StreamRecord) => string | null) => {
  if (expression === DEFAULT_KEY) return defaultKey;
  const compiled = compileExpression(expression);
  if (!compiled.ok) throw new Error(`The key expression should not have passed validation: ${expression}`);
  return (record) => textOrNull(scalarText(compiled.evaluate(record)));
};

export const edhKafkaProducer = defineTarget<typeof config>({
  ...operatorNames('destination', 'EDH Kafka Producer'),
  library: LIBRARY,
  stageNameAliases: [
    'com_streamsets_pipeline_stage_destination_kafka_cluster_KafkaDTargetUser',
    'com_streamsets_pipeline_stage_destination_kafka_KafkaDTargetUser',
    'com_streamsets_pipeline_stage_destination_kafka_cluster_KafkaDTarget',
    'com_streamsets_pipeline_stage_destination_kafka_KafkaDTarget',
  ],
  version: 1,
  labelAliases: ['Kafka Producer', 'Data Destination'],
  instancePrefixAliases: ['EDHKafkaProducerUser', 'KafkaProducer'],
  libraries: [BASE_LIBRARY, ...CLASSIC_LIBRARIES],
  category: 'target',
  keywords: ['kafka', 'write', 'destination', 'topic'],
  summary: 'Writes records to a Kafka topic.',
  description: `Writes each record as one JSON message, in the transaction that also commits the offsets it came from. A record no stage changed is written with its original bytes.

The message key is \`assetId\` and \`pointId\`, or where a record has none \`measurementId\`, one after the other; the partition is chosen by \`assetId\`, so that all points of an asset stay in order and together. Topics are chosen as for the EDH Kafka Consumer.

A record the broker cannot take (longer than the topic's \`max.message.bytes\`) goes to the errors of this stage. \`retries\` and the other settings concern a single request; whatever they are, nothing is lost or written twice under exactly-once.`,
  config,
  errors: [
    { code: 'KAFKA_RECORD_TOO_LARGE', when: 'The record is longer than the topic takes.' },
    { code: 'RECORD_NOT_WRITABLE', when: 'The record cannot be written as JSON.' },
    expressionFailed,
  ],
  documentOptions: kafkaProducerDocuments,
  check: (settings, pipeline) => {
    const compiled = compileExpression(settings['conf.partition']);
    return [
      ...checkTopic(settings['conf.topic'], '/conf.topic', pipeline, 'write'),
      ...checkClientSettings(settings['conf.kafkaProducerConfigs'], producerSettings, '/conf.kafkaProducerConfigs'),
      ...(compiled.ok ? [] : expressionIssues('/conf.partition', compiled.issues)),
      ...(settings['conf.runtimeTopicResolution']
        ? [
            optionIssue(
              '/conf.runtimeTopicResolution',
              'Topics chosen per record are not supported. Use one stage per topic.',
            ),
          ]
        : []),
    ];
  },
  target: (settings, pipeline) => {
    const key = keyOf(settings['conf.partition']);
    const byAsset = (record: StreamRecord): string | null => record.assetId ?? key(record);
    return topicTarget({
      topic: resolveTopic(settings['conf.topic'], pipeline),
      key,
      partitionKey:
        settings['conf.partitionStrategy'] !== 'DEFAULT'
          ? () => null
          : settings.partitionKey === 'ASSET'
            ? byAsset
            : key,
      clientSettings: readClientSettings(settings['conf.kafkaProducerConfigs']),
    });
  },
});
