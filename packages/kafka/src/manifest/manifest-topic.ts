import { parseManifest, type StateManifest } from '@penstock/engine';
import { consumerGroupOf, DeliveryGuarantee, manifestTopicOf, preparationIdOf } from '@penstock/model';
import type { TopicAdmin } from '../admin/topic-admin.ts';
import type { KafkaClient } from '../link/kafka-client.ts';
import { readChangelog } from '../read/changelog.ts';
import { type OpenedTaskLog, openTaskLog } from '../write/open-task-log.ts';

const MANIFEST_PARTITION = 0;
const MANIFEST_KEY = 'manifest';

/** One partition for the manifest, one for the positions; positions come often, so that segments are kept short. */
const SPEC = {
  partitions: 2,
  config: {
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.1',
    'segment.ms': '600000',
    'segment.bytes': '8388608',
    // Markers of transactions, and nobody reads the topic but from its beginning.
    'delete.retention.ms': '600000',
    'max.message.bytes': String(16 * 1024 * 1024),
  },
};

export const ensureManifestTopic = (admin: TopicAdmin, pipelineId: string): Promise<{ readonly created: boolean }> =>
  admin.ensureTopic(manifestTopicOf(pipelineId), SPEC);

/** The manifest written last; undefined where there is none. Errors: those of `parseManifest`. */
export const readManifest = async (client: KafkaClient, pipelineId: string): Promise<StateManifest | undefined> => {
  let text: string | null = null;
  await readChangelog(client, {
    topic: manifestTopicOf(pipelineId),
    partition: MANIFEST_PARTITION,
    onEntry: ({ key, value }) => {
      if (key === MANIFEST_KEY) text = value;
    },
  });
  return text === null ? undefined : parseManifest(text);
};

/** State of any size is moved in one transaction; whoever comes next ends one that was abandoned at once. */
const PREPARATION_TIMEOUT_MS = 900_000;

/**
 * Opens a transaction in which a run is prepared: the manifest, positions, and what is moved in the state topic stand
 * or fall together. Fences whoever else was preparing the same pipeline.
 */
export const openPreparation = (
  client: KafkaClient,
  pipelineId: string,
  topics: readonly string[] = [],
): Promise<OpenedTaskLog> =>
  openTaskLog(client, {
    transactionalId: preparationIdOf(pipelineId),
    groupId: consumerGroupOf(pipelineId),
    guarantee: DeliveryGuarantee.ExactlyOnce,
    topics,
    positionsTopic: manifestTopicOf(pipelineId),
    transactionTimeoutMs: PREPARATION_TIMEOUT_MS,
  });

/** Adds the manifest to the open transaction. */
export const appendManifest = (log: OpenedTaskLog, pipelineId: string, manifest: StateManifest, now: number): void => {
  log.appender(manifestTopicOf(pipelineId)).append(MANIFEST_PARTITION, MANIFEST_KEY, JSON.stringify(manifest), now);
};
