import { type ChangelogEntry, type Clock, manifestFormatOf, type Position } from '@penstock/engine';
import {
  appendManifest,
  createTopicAdmin,
  type KafkaClient,
  openPreparation,
  openTaskLog,
  readChangelog,
  readManifest,
  type TopicAdmin,
} from '@penstock/kafka';
import { consumerGroupOf, isRepartitionTopicOf, manifestTopicOf, messageOf, stateTopicOf } from '@penstock/model';
import type { StateStorePort } from '../use-case/state-store-port.ts';
import { UseCaseError } from '../use-case/use-case.ts';

export interface KafkaStateStoreOptions {
  /** The service's connection, made on first use; rejects while Kafka cannot be reached. */
  readonly client: () => Promise<KafkaClient>;
  readonly clock: Clock;
}

/** A caller waits for an answer, so nothing waits as long as Kafka's client would. */
const DEADLINE_MS = 10_000;
/** Reading and clearing state takes longer the more there is. */
const LONG_DEADLINE_MS = 60_000;
/** Tombstones between two flushes. */
const FLUSH_EVERY = 10_000;

/** State and offsets of pipelines on the real Kafka. */
export const createKafkaStateStore = (options: KafkaStateStoreOptions): StateStorePort => {
  const withAdmin = <T>(
    what: string,
    deadlineMs: number,
    act: (admin: TopicAdmin, client: KafkaClient) => Promise<T>,
  ) =>
    bounded(what, deadlineMs, async () => {
      const client = await options.client();
      return act(createTopicAdmin(client), client);
    });
  return {
    readState: (pipelineId, wants) =>
      withAdmin('Reading the stage state', LONG_DEADLINE_MS, async (admin, client) => {
        const found = await readWanted(admin, client, pipelineId, wants);
        return found.map(({ entry }) => entry);
      }),
    deleteState: (pipelineId, wants) =>
      withAdmin('Deleting the stage state', LONG_DEADLINE_MS, async (admin, client) => {
        const found = await readWanted(admin, client, pipelineId, wants);
        if (found.length > 0) await writeTombstones(client, pipelineId, found, options.clock.now());
        return found.length;
      }),
    forgetState: (pipelineId) =>
      withAdmin('Resetting the state', LONG_DEADLINE_MS, async (admin, client) => {
        const now = options.clock.now();
        if (await hasManifest(admin, pipelineId)) {
          // First what there is: as long as the manifest speaks of it, a reset that was cut short is noticed.
          await admin.deleteTopics([stateTopicOf(pipelineId)]);
          await dropStores(client, pipelineId, now);
          return;
        }
        // Kept by an earlier version, which says by the topic that there was state: it stays, empty.
        const found = await readWanted(admin, client, pipelineId, () => true);
        if (found.length > 0) await writeTombstones(client, pipelineId, found, now);
      }),
    skipBacklog: (pipelineId, topics) =>
      withAdmin('Resetting the offset', DEADLINE_MS, async (admin, client) => {
        // Records between two parts of the plan are backlog as well.
        const positions: Position[] = [];
        for (const each of [...topics, ...(await repartitionTopics(admin, pipelineId))])
          for (const [partition, offset] of await admin.latestOffsets(each, 'read-committed'))
            positions.push({ topic: each, partition, offset });
        await commitPositions(client, await hasManifest(admin, pipelineId), pipelineId, positions);
      }),
    clear: (pipelineId) =>
      withAdmin('Clearing state and offsets', LONG_DEADLINE_MS, async (admin) => {
        // Offsets last: as long as they are there, a clearing that was cut short is seen to be unfinished.
        await admin.deleteTopics([stateTopicOf(pipelineId), ...(await repartitionTopics(admin, pipelineId))]);
        await admin.deleteTopics([manifestTopicOf(pipelineId)]);
        await admin.deleteOffsets(consumerGroupOf(pipelineId));
      }),
    partitionCount: (topic) =>
      withAdmin(`Looking for the topic "${topic}"`, DEADLINE_MS, (admin) => admin.partitionCount(topic)),
  };
};

const repartitionTopics = async (admin: TopicAdmin, pipelineId: string): Promise<string[]> =>
  (await admin.listTopics()).flatMap(({ name }) => (isRepartitionTopicOf(pipelineId, name) ? [name] : []));

const hasManifest = async (admin: TopicAdmin, pipelineId: string): Promise<boolean> =>
  (await admin.partitionCount(manifestTopicOf(pipelineId))) !== undefined;

/** The manifest without stores: what is kept of stages is nothing. */
const dropStores = async (client: KafkaClient, pipelineId: string, now: number): Promise<void> => {
  const kept = await readManifest(client, pipelineId);
  if (kept === undefined) return;
  const log = await openPreparation(client, pipelineId);
  try {
    appendManifest(log, pipelineId, { ...kept, format: manifestFormatOf([]), stores: [], stateTopicId: null }, now);
    await log.commit(undefined);
  } finally {
    await log.close();
  }
};

/** All in one transaction, in the group and in the records that outlast it: else an older record could be restored. */
const commitPositions = async (
  client: KafkaClient,
  isRecorded: boolean,
  pipelineId: string,
  positions: readonly Position[],
): Promise<void> => {
  const log = await openTaskLog(client, {
    transactionalId: `${consumerGroupOf(pipelineId)}-reset-offset`,
    groupId: consumerGroupOf(pipelineId),
    guarantee: 'EXACTLY_ONCE',
    topics: [],
    ...(isRecorded ? { positionsTopic: manifestTopicOf(pipelineId) } : {}),
  });
  try {
    await log.commitAll(positions);
  } finally {
    await log.close();
  }
};

interface Located {
  readonly partition: number;
  readonly entry: ChangelogEntry;
}

const readWanted = async (
  admin: TopicAdmin,
  client: KafkaClient,
  pipelineId: string,
  wants: (key: string) => boolean,
): Promise<Located[]> => {
  const topic = stateTopicOf(pipelineId);
  const partitions = (await admin.partitionCount(topic)) ?? 0;
  const found: Located[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const live = new Map<string, ChangelogEntry>();
    await readChangelog(client, {
      topic,
      partition,
      onEntry: (entry) => {
        if (!wants(entry.key)) return;
        if (entry.value === null) live.delete(entry.key);
        else live.set(entry.key, entry);
      },
    });
    for (const entry of live.values()) found.push({ partition, entry });
  }
  return found;
};

/** All or nothing, in one transaction of its own. */
const writeTombstones = async (
  client: KafkaClient,
  pipelineId: string,
  found: readonly Located[],
  now: number,
): Promise<void> => {
  const topic = stateTopicOf(pipelineId);
  const log = await openTaskLog(client, {
    transactionalId: `${consumerGroupOf(pipelineId)}-delete-state`,
    groupId: consumerGroupOf(pipelineId),
    guarantee: 'EXACTLY_ONCE',
    topics: [topic],
  });
  try {
    const appender = log.appender(topic);
    for (const [at, { partition, entry }] of found.entries()) {
      appender.append(partition, entry.key, null, now);
      if (at % FLUSH_EVERY === FLUSH_EVERY - 1) await log.flush();
    }
    await log.commit(undefined);
  } finally {
    await log.close();
  }
};

/** Gives up after the deadline; what is still under way then ends by Kafka's own deadlines, its outcome unused. */
const bounded = async <T>(what: string, deadlineMs: number, act: () => Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Kafka has not answered within ${deadlineMs / 1000} s.`)), deadlineMs);
  });
  try {
    return await Promise.race([act(), deadline]);
  } catch (error) {
    throw new UseCaseError('KAFKA_UNREACHABLE', 'unavailable', `${what} failed: ${messageOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
};
