import type { JsonObject, JsonValue } from '@penstock/model';

/** A stage of a document, short: the lanes follow from `from`. */
export interface StageSketch {
  readonly name: string;
  /** How the document names the operator: by its label, as EnOS documents do, or by library and stage name. */
  readonly label?: string;
  readonly stageName?: string;
  /** Beside the stage name, where it is not that of Penstock's own operators. */
  readonly library?: string;
  /** Instance names of the stages that feed this one; none for sources. */
  readonly from?: readonly string[];
  readonly config?: Readonly<Record<string, JsonValue>>;
}

/** The `pipelineConfig` of a document (contract D) of these stages; `options` are pipeline-level ones. */
export const documentOf = (
  stages: readonly StageSketch[],
  options: Readonly<Record<string, JsonValue>> = {},
): JsonObject => ({
  title: 'test',
  configuration: Object.entries(options).map(([name, value]) => ({ name, value })),
  stages: stages.map(({ name, label, library, stageName, from, config }) => ({
    instanceName: name,
    library: library ?? (stageName === undefined ? '' : 'penstock-operators-lib'),
    stageName: stageName ?? '',
    stageVersion: '1',
    configuration: Object.entries(config ?? {}).map(([key, value]) => ({ name: key, value })),
    uiInfo: { label: label ?? name },
    inputLanes: (from ?? []).map((lane) => `${lane}_out`),
    outputLanes: stages.some((other) => other.from?.includes(name)) ? [`${name}_out`] : [],
  })),
});

/** EDH Kafka Consumer, from the start of the topic. */
export const consumer = (topic: string, config: Readonly<Record<string, JsonValue>> = {}): StageSketch => ({
  name: 'EDHKafkaConsumer_01',
  label: 'EDH Kafka Consumer',
  config: {
    'kafkaConfigBean.topic': topic,
    'kafkaConfigBean.kafkaConsumerConfigs': [{ key: 'auto.offset.reset', value: 'earliest' }],
    ...config,
  },
});

export const producer = (topic: string, from: string, number = 1): StageSketch => ({
  name: `EDHKafkaProducer_${String(number).padStart(2, '0')}`,
  label: 'EDH Kafka Producer',
  config: { 'conf.topic': topic },
  from: [from],
});

/** A processor of the library by its instance prefix. */
export const processor = (prefix: string, config: Readonly<Record<string, JsonValue>>, from: string): StageSketch => ({
  name: `${prefix}_01`,
  stageName: `com_penstock_stage_processor_${prefix}`,
  config,
  from: [from],
});

/** A tumbling window that sums `turbine::power`, the point of `measurement`, minute by minute. */
export const minuteSums = (name = 'FixedTimeWindowAggregator_01', from = 'EDHKafkaConsumer_01'): StageSketch => ({
  name,
  label: 'Fixed Time Window Aggregator',
  from: [from],
  config: {
    inputOutput: [
      {
        inputPoint: 'turbine::power',
        windowSize: 1,
        windowUnit: 'MINUTE',
        aggregator: 'sum',
        outputPoint: 'turbine::power_sum',
      },
    ],
  },
});

export const measurement = (fields: JsonObject): string =>
  JSON.stringify({
    orgId: 'o1',
    modelId: 'turbine',
    modelIdPath: '/root/turbine',
    assetId: 'a',
    pointId: 'power',
    time: 1_600_000_000_000,
    value: 1,
    quality: 0,
    attr: {},
    ...fields,
  });
