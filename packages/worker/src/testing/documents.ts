import type { JsonObject, JsonValue } from '@penstock/model';

interface Stage {
  readonly name: string;
  readonly label: string;
  readonly from?: readonly string[];
  readonly config?: Readonly<Record<string, JsonValue>>;
}

/** A document whose stages name their operators by label, as EnOS documents do. */
export const documentOf = (
  stages: readonly Stage[],
  options: Readonly<Record<string, JsonValue>> = {},
): JsonObject => ({
  title: 'test',
  configuration: Object.entries(options).map(([name, value]) => ({ name, value })),
  stages: stages.map(({ name, label, from, config }) => ({
    instanceName: name,
    library: '',
    stageName: '',
    stageVersion: '1',
    configuration: Object.entries(config ?? {}).map(([key, value]) => ({ name: key, value })),
    uiInfo: { label },
    inputLanes: (from ?? []).map((lane) => `${lane}_out`),
    outputLanes: stages.some((other) => other.from?.includes(name)) ? [`${name}_out`] : [],
  })),
});

export const consumer = (topic: string, config: Readonly<Record<string, JsonValue>> = {}): Stage => ({
  name: 'EDHKafkaConsumer_01',
  label: 'EDH Kafka Consumer',
  config: {
    'kafkaConfigBean.topic': topic,
    'kafkaConfigBean.kafkaConsumerConfigs': [{ key: 'auto.offset.reset', value: 'earliest' }],
    ...config,
  },
});

export const producer = (topic: string, from: string): Stage => ({
  name: 'EDHKafkaProducer_01',
  label: 'EDH Kafka Producer',
  config: { 'conf.topic': topic },
  from: [from],
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
