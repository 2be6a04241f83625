import { metadataV12 } from '@platformatic/kafka';
import { diagnose, ProtocolFailure, responseOf } from './protocol-errors.ts';

type MetadataResponse = Awaited<ReturnType<typeof metadataV12.api.async>>;
type MetadataResponseTopic = MetadataResponse['topics'][number];

export interface PartitionInfo {
  /** Node id of the leader; -1 while there is none. */
  readonly leader: number;
  readonly leaderEpoch: number;
}

export interface TopicInfo {
  readonly name: string;
  /** UUID; differs when the topic was deleted and created again. */
  readonly id: string;
  readonly isInternal: boolean;
  /** By partition number. */
  readonly partitions: readonly PartitionInfo[];
  /** When it was asked for (`performance.now()`). */
  readonly at: number;
}

export interface ClusterSnapshot {
  readonly brokers: MetadataResponse['brokers'];
  readonly clusterId: string | null;
  readonly controllerId: number;
  /** Undefined: the topic does not exist. */
  readonly topics: ReadonlyMap<string, TopicInfo | undefined>;
}

const UNKNOWN_TOPIC = 3;
const UNKNOWN_TOPIC_ID = 100;
/** The answer is usable although a leader, replica or listener is missing for the moment. */
const PARTIAL = new Set([5, 6, 9, 72]);

/**
 * Asks one broker. `null` means all topics that may be seen. Topics are never created by asking. The library rejects
 * with the whole response when any topic or partition in it has an error, which for metadata is everyday life.
 */
export const readMetadata = async (
  call: (api: typeof metadataV12.api) => Promise<MetadataResponse>,
): Promise<ClusterSnapshot> => {
  const at = performance.now();
  let response: MetadataResponse;
  try {
    response = await call(metadataV12.api);
  } catch (error) {
    const partial = responseOf<MetadataResponse>(error);
    if (partial?.topics === undefined || diagnose(error).errorCode === undefined) throw error;
    response = partial;
  }
  const topics = new Map<string, TopicInfo | undefined>();
  for (const topic of response.topics) {
    if (typeof topic.name === 'string') topics.set(topic.name, toTopicInfo(topic, at));
  }
  return {
    brokers: response.brokers,
    clusterId: response.clusterId ?? null,
    controllerId: response.controllerId,
    topics,
  };
};

const toTopicInfo = (topic: MetadataResponseTopic, at: number): TopicInfo | undefined => {
  if (topic.errorCode === UNKNOWN_TOPIC || topic.errorCode === UNKNOWN_TOPIC_ID) return undefined;
  if (topic.errorCode !== 0 && !PARTIAL.has(topic.errorCode)) {
    throw new ProtocolFailure(topic.errorCode, `topic "${topic.name ?? ''}"`);
  }
  const partitions: PartitionInfo[] = [];
  for (const { partitionIndex, leaderId, leaderEpoch } of topic.partitions) {
    partitions[partitionIndex] = { leader: leaderId, leaderEpoch };
  }
  return { name: topic.name ?? '', id: topic.topicId, isInternal: topic.isInternal, partitions, at };
};
