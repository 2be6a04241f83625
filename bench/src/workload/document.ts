import type { DeliveryGuarantee, JsonObject, JsonValue } from '@penstock/model';
import { consumer, documentOf as documentOfStages, producer, type StageSketch } from '@penstock/testkit';

/** A pipeline of a benchmark; `options` are further pipeline-level ones. */
export const documentOf = (
  title: string,
  deliveryGuarantee: DeliveryGuarantee,
  stages: readonly StageSketch[],
  options: Readonly<Record<string, JsonValue>> = {},
): JsonObject => ({ ...documentOfStages(stages, { deliveryGuarantee, ...options }), title });

/** EDH Kafka Consumer, from the start of the topic, which is partitioned by asset. */
export const kafkaConsumer = (topic: string): StageSketch => consumer(topic, { partitionedBy: 'ASSET' });

export const kafkaProducer = producer;
