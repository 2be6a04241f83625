import type { Position } from '@penstock/engine';
import { deleteGroupsV2, offsetCommitV8, offsetFetchV8 } from '@platformatic/kafka';
import { kafkaError } from '../errors.ts';
import { CONTROL, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import { diagnose } from '../link/protocol-errors.ts';

const GROUP_ID_NOT_FOUND = 69;

const limitsFor = (what: string): RetryLimits => ({ what, deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS });

const coordinatorOf = (key: string) => ({ kind: 'group', key, use: CONTROL }) as const;

/**
 * Goes with every offset that is committed in the transaction of its output. Who commits by other tools leaves none, or
 * another: an offset without it is one that somebody has set.
 */
export const COMMITTED_WITH_OUTPUT = 'penstock';

export interface GroupOffset {
  readonly offset: number;
  /** Committed by a task in one transaction with its output, and not set by somebody. */
  readonly isWithOutput: boolean;
}

/**
 * Committed offsets of a group by partition: of all partitions the topic has now, or of those named. A partition that
 * is left out was asked for and has none; one that nobody answered for is an error. Waits while a transaction with
 * offsets of the group is being ended (KIP-447), so that what it commits is seen.
 */
export const readGroupOffsets = async (
  client: KafkaClient,
  group: string,
  topic: string,
  only?: readonly number[],
): Promise<Map<number, GroupOffset>> => {
  // Asked for by name: a partition whose first offset ever is still being committed has no place in a list of all.
  // And by what the topic is now: an older answer may lack partitions that others have committed offsets of.
  const partitionIndexes = only ?? (await partitionsOf(client, topic));
  const topics = partitionIndexes.length === 0 ? null : [{ name: topic, partitionIndexes: [...partitionIndexes] }];
  const request = [{ groupId: group, memberEpoch: -1, topics }];
  const { groups } = await client.sendToCoordinator(
    limitsFor(`Reading the committed offsets of "${group}"`),
    coordinatorOf(group),
    offsetFetchV8.api,
    request,
    true,
  );
  const offsets = new Map<number, GroupOffset>();
  const answered = new Set<number>();
  for (const { name, partitions } of groups.flatMap((answer) => answer.topics)) {
    if (name !== topic) continue;
    for (const { partitionIndex, committedOffset, metadata } of partitions) {
      answered.add(partitionIndex);
      if (committedOffset < 0n) continue;
      const isWithOutput = metadata === COMMITTED_WITH_OUTPUT;
      offsets.set(partitionIndex, { offset: Number(committedOffset), isWithOutput });
    }
  }
  const unanswered = partitionIndexes.find((partition) => !answered.has(partition));
  if (unanswered !== undefined) {
    const message = `The coordinator of "${group}" did not say where partition ${unanswered} of "${topic}" stands.`;
    throw kafkaError('KAFKA_TIMEOUT', message, { params: { group, topic, partition: unanswered } });
  }
  return offsets;
};

const partitionsOf = async (client: KafkaClient, topic: string): Promise<readonly number[]> => {
  const info = await client.retrying(limitsFor(`Looking for "${topic}"`), () => client.topic(topic, performance.now()));
  return [...(info?.partitions.keys() ?? [])];
};

/** Positions as offsets by partition, topic by topic. */
export const byTopic = (positions: readonly Position[]): Map<string, Map<number, number>> => {
  const topics = new Map<string, Map<number, number>>();
  for (const { topic, partition, offset } of positions) {
    const offsets = topics.get(topic) ?? new Map<number, number>();
    offsets.set(partition, offset);
    topics.set(topic, offsets);
  }
  return topics;
};

/** Commits offsets without being a member; a group with members refuses that. */
export const commitGroupOffsets = async (
  client: KafkaClient,
  group: string,
  topic: string,
  offsets: ReadonlyMap<number, number>,
): Promise<void> => {
  if (offsets.size === 0) return;
  const partitions = [...offsets].map(([partitionIndex, offset]) => ({
    partitionIndex,
    committedOffset: BigInt(offset),
    committedLeaderEpoch: -1,
    committedMetadata: '',
  }));
  await client.sendToCoordinator(
    limitsFor(`Committing offsets of "${group}"`),
    coordinatorOf(group),
    offsetCommitV8.api,
    group,
    -1,
    '',
    null,
    [{ name: topic, partitions }],
  );
};

/** Deletes the group with all its offsets; nothing happens when there is none. */
export const deleteGroup = async (client: KafkaClient, group: string): Promise<void> => {
  const limits = limitsFor(`Deleting the offsets of "${group}"`);
  try {
    await client.sendToCoordinator(limits, coordinatorOf(group), deleteGroupsV2.api, [group]);
  } catch (error) {
    if (diagnose((error as Error).cause).errorCode !== GROUP_ID_NOT_FOUND) throw error;
  }
};
