import { type API, createPartitionsV3, createTopicsV7, deleteTopicsV6, describeConfigsV4 } from '@platformatic/kafka';
import { CONTROL, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import type { ClusterSnapshot, TopicInfo } from '../link/metadata.ts';
import { diagnose, ProtocolFailure } from '../link/protocol-errors.ts';
import { deleteRecordsBefore } from './delete-records.ts';
import { commitGroupOffsets, deleteGroup, type GroupOffset, readGroupOffsets } from './group-offsets.ts';
import { setTopicConfig } from './topic-config.ts';
import { readOffsets } from './topic-offsets.ts';
import { readTopicSizes } from './topic-sizes.ts';

export interface TopicSpec {
  readonly partitions: number;
  /** Topic settings by their Kafka names. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface TopicSummary {
  readonly name: string;
  readonly partitions: number;
  readonly isInternal: boolean;
}

export interface ClusterDescription {
  readonly clusterId: string | null;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
}

/** Topics, offsets and groups. Everything rejects with AppErrors of this package after at most about 30 s. */
export interface TopicAdmin {
  /** Creates the topic unless it exists; `partitions` is what it has, whatever was asked for. */
  ensureTopic(topic: string, spec: TopicSpec): Promise<{ created: boolean; partitions: number }>;
  /** Gives a topic more partitions; one that has as many or more stays as it is. Answers how many it has then. */
  addPartitions(topic: string, partitions: number): Promise<number>;
  /** Topics that do not exist are passed over. */
  deleteTopics(names: readonly string[]): Promise<void>;
  /** Undefined: there is no such topic. */
  partitionCount(topic: string): Promise<number | undefined>;
  /** Undefined: there is no such topic. `id` is another one when the topic was deleted and created again. */
  describeTopic(topic: string): Promise<{ readonly id: string; readonly partitions: number } | undefined>;
  /** Of all partitions the topic has now, or of those named; each of them is in the answer. */
  earliestOffsets(topic: string, partitions?: readonly number[]): Promise<Map<number, number>>;
  /** Read committed: the last stable offsets. Read uncommitted: the high watermarks. */
  latestOffsets(
    topic: string,
    isolation: 'read-committed' | 'read-uncommitted',
    partitions?: readonly number[],
  ): Promise<Map<number, number>>;
  /**
   * Where the first committed record of this time (Unix ms) or a later one is, or the mark of a transaction that ended
   * later, of all partitions or of those named; those that have neither are left out.
   */
  offsetsSince(topic: string, since: number, partitions?: readonly number[]): Promise<Map<number, number>>;
  /** Of all partitions the topic has now, or of those named; partitions without a committed offset are left out. */
  committedOffsets(group: string, topic: string, partitions?: readonly number[]): Promise<Map<number, number>>;
  /** Like `committedOffsets`, with who committed them. */
  groupOffsets(group: string, topic: string, partitions?: readonly number[]): Promise<Map<number, GroupOffset>>;
  /** Without being a member of the group. */
  commitOffsets(group: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void>;
  /** Deletes all offsets of a group without members; nothing happens when there is none. */
  deleteOffsets(group: string): Promise<void>;
  /** Deletes what lies before the given offsets, by partition. */
  deleteRecordsBefore(topic: string, offsets: ReadonlyMap<number, number>): Promise<void>;
  listTopics(): Promise<readonly TopicSummary[]>;
  /** All settings in force, by their Kafka names; undefined: there is no such topic. */
  topicConfig(topic: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Sets settings by their Kafka names; others stay. Rejects with `KAFKA_TOPIC_UNKNOWN` where there is no such topic. */
  setTopicConfig(topic: string, config: Readonly<Record<string, string>>): Promise<void>;
  /** Bytes on disk by topic; topics that do not exist are left out. Needs the right to describe the cluster. */
  topicSizes(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Rejects with `KAFKA_UNREACHABLE` within a few seconds when no broker answers. */
  describeCluster(): Promise<ClusterDescription>;
}

const TOPIC = 2;
const UNKNOWN_TOPIC = 3;
const TOPIC_ALREADY_EXISTS = 36;
const INVALID_PARTITIONS = 37;
const DESCRIBE_DEADLINE_MS = 5_000;

class KafkaTopicAdmin implements TopicAdmin {
  readonly #client: KafkaClient;

  constructor(client: KafkaClient) {
    this.#client = client;
  }

  async ensureTopic(topic: string, spec: TopicSpec): Promise<{ created: boolean; partitions: number }> {
    const limits = limitsFor(`Creating the topic "${topic}"`);
    const configs = Object.entries(spec.config ?? {}).map(([name, value]) => ({ name, value }));
    const created = await this.#client.retrying(limits, async () => {
      if ((await this.#read(topic)) !== undefined) return false;
      // Replication factor -1: the broker's own default.
      const request = { name: topic, numPartitions: spec.partitions, replicationFactor: -1, assignments: [], configs };
      try {
        await this.#sendToController(createTopicsV7.api, [request], DEFAULT_REQUEST_TIMEOUT_MS, false);
        return true;
      } catch (error) {
        if (diagnose(error).errorCode === TOPIC_ALREADY_EXISTS) return false; // somebody else was faster
        throw error;
      }
    });
    const info = await this.#whenUsable(topic, limits);
    return { created, partitions: info.partitions.length };
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const limits = limitsFor(`Deleting the topic "${name}"`);
      await this.#client.retrying(limits, async () => {
        try {
          await this.#sendToController(deleteTopicsV6.api, [{ name }], DEFAULT_REQUEST_TIMEOUT_MS);
        } catch (error) {
          if (diagnose(error).errorCode !== UNKNOWN_TOPIC) throw error;
        }
      });
      await this.#client.retrying(limits, async () => {
        if ((await this.#read(name)) !== undefined) throw new ProtocolFailure(78, `"${name}" is still there`);
      });
    }
  }

  async partitionCount(topic: string): Promise<number | undefined> {
    return (await this.describeTopic(topic))?.partitions;
  }

  async describeTopic(topic: string): Promise<{ readonly id: string; readonly partitions: number } | undefined> {
    const info = await this.#client.retrying(limitsFor(`Looking for "${topic}"`), () => this.#read(topic));
    return info === undefined ? undefined : { id: info.id, partitions: info.partitions.length };
  }

  async addPartitions(topic: string, partitions: number): Promise<number> {
    const limits = limitsFor(`Adding partitions to the topic "${topic}"`);
    const has = async (): Promise<number | undefined> => (await this.#read(topic))?.partitions.length;
    await this.#client.retrying(limits, async () => {
      if (((await has()) ?? 0) >= partitions) return;
      const request = { name: topic, count: partitions, assignments: null };
      try {
        await this.#sendToController(createPartitionsV3.api, [request], DEFAULT_REQUEST_TIMEOUT_MS, false);
      } catch (error) {
        // Somebody else may have been faster.
        if (diagnose(error).errorCode !== INVALID_PARTITIONS || ((await has()) ?? 0) < partitions) throw error;
      }
    });
    const info = await this.#client.retrying(limits, async () => {
      const seen = await this.#whenUsable(topic, limits);
      if (seen.partitions.length < partitions) throw new ProtocolFailure(UNKNOWN_TOPIC);
      return seen;
    });
    return info.partitions.length;
  }

  earliestOffsets(topic: string, partitions?: readonly number[]): Promise<Map<number, number>> {
    return readOffsets(this.#client, topic, 'earliest', partitions);
  }

  latestOffsets(
    topic: string,
    isolation: 'read-committed' | 'read-uncommitted',
    partitions?: readonly number[],
  ): Promise<Map<number, number>> {
    return readOffsets(this.#client, topic, isolation === 'read-committed' ? 'stable' : 'latest', partitions);
  }

  async offsetsSince(topic: string, since: number, partitions?: readonly number[]): Promise<Map<number, number>> {
    const found = await readOffsets(this.#client, topic, { since }, partitions);
    return new Map([...found].filter(([, offset]) => offset >= 0));
  }

  async committedOffsets(group: string, topic: string, partitions?: readonly number[]): Promise<Map<number, number>> {
    const found = await this.groupOffsets(group, topic, partitions);
    return new Map([...found].map(([partition, { offset }]) => [partition, offset]));
  }

  groupOffsets(group: string, topic: string, partitions?: readonly number[]): Promise<Map<number, GroupOffset>> {
    return readGroupOffsets(this.#client, group, topic, partitions);
  }

  commitOffsets(group: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    return commitGroupOffsets(this.#client, group, topic, offsets);
  }

  deleteOffsets(group: string): Promise<void> {
    return deleteGroup(this.#client, group);
  }

  deleteRecordsBefore(topic: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    return deleteRecordsBefore(this.#client, topic, offsets);
  }

  async listTopics(): Promise<readonly TopicSummary[]> {
    const { topics } = await this.#snapshot(null, limitsFor('Listing topics'));
    return [...topics.values()].flatMap((topic) =>
      topic === undefined
        ? []
        : [{ name: topic.name, partitions: topic.partitions.length, isInternal: topic.isInternal }],
    );
  }

  async topicConfig(topic: string): Promise<Readonly<Record<string, string>> | undefined> {
    return this.#client.retrying(limitsFor(`Reading the settings of "${topic}"`), async () => {
      if ((await this.#read(topic)) === undefined) return undefined;
      const resource = { resourceType: TOPIC, resourceName: topic } as const;
      const { results } = await this.#client.sendToAny(describeConfigsV4.api, [resource], false, false);
      const configs = results.flatMap((result) => result.configs);
      return Object.fromEntries(
        configs.flatMap(({ name, value }) => (typeof value === 'string' ? [[name, value]] : [])),
      );
    });
  }

  setTopicConfig(topic: string, config: Readonly<Record<string, string>>): Promise<void> {
    return setTopicConfig(this.#client, topic, config);
  }

  topicSizes(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return readTopicSizes(this.#client, topics);
  }

  async describeCluster(): Promise<ClusterDescription> {
    const limits = { what: 'Looking at the cluster', deadline: performance.now() + DESCRIBE_DEADLINE_MS };
    const { clusterId, brokers } = await this.#snapshot([], limits);
    return { clusterId, brokers: brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })) };
  }

  async #read(topic: string): Promise<TopicInfo | undefined> {
    return (await this.#client.snapshot([topic])).topics.get(topic);
  }

  #snapshot(names: string[] | null, limits: RetryLimits): Promise<ClusterSnapshot> {
    return this.#client.retrying(limits, () => this.#client.snapshot(names));
  }

  /** A new topic has leaders, and is known to the broker that is asked, only after a moment. */
  #whenUsable(topic: string, limits: RetryLimits): Promise<TopicInfo> {
    return this.#client.retrying(limits, async () => {
      const info = await this.#read(topic);
      if (info === undefined) throw new ProtocolFailure(UNKNOWN_TOPIC);
      if (info.partitions.some(({ leader }) => leader < 0)) throw new ProtocolFailure(5);
      return info;
    });
  }

  /** Brokers of KRaft clusters pass these requests on; older clusters want them at the controller. */
  async #sendToController<A extends unknown[], R>(api: API<A, R>, ...args: A): Promise<R> {
    const { controllerId, brokers } = await this.#client.snapshot([]);
    const isBroker = brokers.some(({ nodeId }) => nodeId === controllerId);
    return isBroker ? this.#client.send(controllerId, CONTROL, api, ...args) : this.#client.sendToAny(api, ...args);
  }
}

const limitsFor = (what: string): RetryLimits => ({ what, deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS });

export const createTopicAdmin = (client: KafkaClient): TopicAdmin => new KafkaTopicAdmin(client);
