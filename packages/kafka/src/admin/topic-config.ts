import { IncrementalAlterConfigOperationTypes, incrementalAlterConfigsV1 } from '@platformatic/kafka';
import { DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient } from '../link/kafka-client.ts';

const TOPIC = 2;

/** Sets settings of a topic by their Kafka names; those that are not named stay as they are. */
export const setTopicConfig = async (
  client: KafkaClient,
  topic: string,
  config: Readonly<Record<string, string>>,
): Promise<void> => {
  const limits = {
    what: `Changing the settings of "${topic}"`,
    deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS,
  };
  const configs = Object.entries(config).map(([name, value]) => ({
    name,
    value,
    configOperation: IncrementalAlterConfigOperationTypes.SET,
  }));
  await client.retrying(limits, () =>
    client.sendToAny(incrementalAlterConfigsV1.api, [{ resourceType: TOPIC, resourceName: topic, configs }], false),
  );
};
