import { describeConfigsV4 } from '@platformatic/kafka';
import { DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient } from '../link/kafka-client.ts';
import { responseOf } from '../link/protocol-errors.ts';

/** Kafka's own default of `max.message.bytes`; also taken where the user may not read the settings of a topic. */
export const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

const TOPIC = 2;
const SETTINGS = ['max.message.bytes', 'segment.bytes', 'cleanup.policy'];
const NAMES_PER_REQUEST = 500;

/** What a topic takes: a broker refuses whole batches in which one record does not keep to it. */
export interface TopicLimits {
  /** Of a batch: `max.message.bytes`, or the size of a segment where that is smaller. */
  readonly maxMessageBytes: number;
  /** A compacted topic takes no record without a key. */
  readonly needsKey: boolean;
}

/** Limits of each topic. Topics that cannot be described are left out. */
export const readTopicLimits = async (
  client: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, TopicLimits>> => {
  const limits = new Map<string, TopicLimits>();
  for (let from = 0; from < topics.length; from += NAMES_PER_REQUEST) {
    for (const [topic, value] of await readSome(client, topics.slice(from, from + NAMES_PER_REQUEST))) {
      limits.set(topic, value);
    }
  }
  return limits;
};

type Response = Awaited<ReturnType<typeof describeConfigsV4.api.async>>;

const readSome = async (client: KafkaClient, topics: readonly string[]): Promise<Map<string, TopicLimits>> => {
  const resources = topics.map((resourceName) => ({
    resourceType: TOPIC,
    resourceName,
    configurationKeys: SETTINGS,
  })) satisfies Parameters<typeof describeConfigsV4.createRequest>[0];
  const limits = { what: 'Reading topic settings', deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS };
  const { results } = await client.retrying(limits, async () => {
    try {
      return await client.sendToAny(describeConfigsV4.api, resources, false, false);
    } catch (error) {
      // The library rejects when any one of the topics has an error; the others' settings are in the response.
      const response = responseOf<Response>(error);
      if (response?.results === undefined) throw error;
      return response;
    }
  });
  const found = new Map<string, TopicLimits>();
  for (const { errorCode, resourceName, configs } of results) {
    if (errorCode !== 0) continue;
    const setting = (name: string): string | undefined =>
      configs.find((config) => config.name === name)?.value ?? undefined;
    const bytes = [setting('max.message.bytes'), setting('segment.bytes')].map(Number).filter((value) => value > 0);
    found.set(resourceName, {
      maxMessageBytes: bytes.length === 0 ? DEFAULT_MAX_MESSAGE_BYTES : Math.min(...bytes),
      needsKey: setting('cleanup.policy')?.split(',').includes('compact') ?? false,
    });
  }
  return found;
};
