import { describeConfigsV4 } from '@platformatic/kafka';
import { DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient } from '../link/kafka-client.ts';
import { responseOf } from '../link/protocol-errors.ts';

/** Kafka's own default of `max.message.bytes`; also taken where the user may not read the settings of a topic. */
export const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

const TOPIC = 2;
const SETTING = 'max.message.bytes';
const NAMES_PER_REQUEST = 500;

/** `max.message.bytes` of each topic. Topics that cannot be described are left out. */
export const readMaxMessageBytes = async (
  cluster: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const limits = new Map<string, number>();
  for (let from = 0; from < topics.length; from += NAMES_PER_REQUEST) {
    for (const [topic, value] of await readSome(cluster, topics.slice(from, from + NAMES_PER_REQUEST))) {
      limits.set(topic, value);
    }
  }
  return limits;
};

type Response = Awaited<ReturnType<typeof describeConfigsV4.api.async>>;

const readSome = async (cluster: KafkaClient, topics: readonly string[]): Promise<Map<string, number>> => {
  const resources = topics.map((resourceName) => ({
    resourceType: TOPIC,
    resourceName,
    configurationKeys: [SETTING],
  })) satisfies Parameters<typeof describeConfigsV4.createRequest>[0];
  const limits = { what: 'Reading topic settings', deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS };
  const { results } = await cluster.retrying(limits, async () => {
    try {
      return await cluster.sendToAny(describeConfigsV4.api, resources, false, false);
    } catch (error) {
      // The library rejects when any one of the topics has an error; the others' settings are in the response.
      const response = responseOf<Response>(error);
      if (response?.results === undefined) throw error;
      return response;
    }
  });
  const found = new Map<string, number>();
  for (const { errorCode, resourceName, configs } of results) {
    const value = Number(configs.find(({ name }) => name === SETTING)?.value);
    if (errorCode === 0 && value > 0) found.set(resourceName, value);
  }
  return found;
};
