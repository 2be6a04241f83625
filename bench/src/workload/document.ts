import type { DeliveryGuarantee, JsonObject, JsonValue } from '@penstock/model';

/** A stage of a document, short: the lanes follow from the order or from `after`. */
export interface StageSketch {
  readonly instanceName: string;
  readonly stageName: string;
  readonly type: 'SOURCE' | 'PROCESSOR' | 'TARGET';
  readonly config: Readonly<Record<string, JsonValue>>;
  /** Instance name of the stage that feeds this one; absent for sources. */
  readonly after?: string;
}

const laneOf = (instanceName: string): string => `${instanceName}OutputLane1`;

/** A pipeline document (contract D) of these stages; `options` are further pipeline-level ones. */
export const documentOf = (
  title: string,
  deliveryGuarantee: DeliveryGuarantee,
  stages: readonly StageSketch[],
  options: Readonly<Record<string, JsonValue>> = {},
): JsonObject => ({
  pipelineConfig: {
    schemaVersion: 5,
    version: 1,
    pipelineId: title,
    title,
    description: '',
    configuration: [
      { name: 'executionMode', value: 'STANDALONE' },
      { name: 'deliveryGuarantee', value: deliveryGuarantee },
      ...Object.entries(options).map(([name, value]) => ({ name, value })),
    ],
    stages: stages.map((stage) => ({
      instanceName: stage.instanceName,
      library: 'penstock-operators-lib',
      stageName: stage.stageName,
      stageVersion: '1',
      configuration: Object.entries(stage.config).map(([name, value]) => ({ name, value })),
      uiInfo: { label: stage.instanceName, description: '', xPos: 0, yPos: 0, stageType: stage.type },
      inputLanes: stage.after === undefined ? [] : [laneOf(stage.after)],
      outputLanes: stage.type === 'TARGET' ? [] : [laneOf(stage.instanceName)],
      eventLanes: [],
      services: [],
    })),
  },
});

/** EDH Kafka Consumer, from the start of the topic, which is partitioned by asset. */
export const kafkaConsumer = (topic: string): StageSketch => ({
  instanceName: 'EDHKafkaConsumer_01',
  stageName: 'com_penstock_stage_origin_EDHKafkaConsumer',
  type: 'SOURCE',
  config: {
    'kafkaConfigBean.topic': topic,
    'kafkaConfigBean.kafkaConsumerConfigs': [{ key: 'auto.offset.reset', value: 'earliest' }],
    partitionedBy: 'ASSET',
  },
});

export const kafkaProducer = (topic: string, after: string, number = 1): StageSketch => ({
  instanceName: `EDHKafkaProducer_${String(number).padStart(2, '0')}`,
  stageName: 'com_penstock_stage_destination_EDHKafkaProducer',
  type: 'TARGET',
  config: { 'conf.topic': topic },
  after,
});

/** A processor of the library by its instance prefix. */
export const processor = (prefix: string, config: Readonly<Record<string, JsonValue>>, after: string): StageSketch => ({
  instanceName: `${prefix}_01`,
  stageName: `com_penstock_stage_processor_${prefix}`,
  type: 'PROCESSOR',
  config,
  after,
});
