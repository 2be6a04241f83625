import { deleteGroupsV2, offsetCommitV8, offsetFetchV8 } from '@platformatic/kafka';
import { CONTROL, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import { diagnose } from '../link/protocol-errors.ts';

const GROUP_ID_NOT_FOUND = 69;

const limitsFor = (what: string): RetryLimits => ({ what, deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS });

const coordinatorOf = (key: string) => ({ kind: 'group', key, use: CONTROL }) as const;

/**
 * Committed offsets of a group by partition; partitions without one are left out. Waits while a transaction with
 * offsets of the group is being ended (KIP-447), so that what it commits is seen.
 */
export const readGroupOffsets = async (
  cluster: KafkaClient,
  group: string,
  topic: string,
): Promise<Map<number, number>> => {
  // Asked for by name: a partition whose first offset ever is still being committed has no place in a list of all.
  const info = await cluster.topic(topic, 0);
  const partitionIndexes = [...(info?.partitions.keys() ?? [])];
  const topics = info === undefined ? null : [{ name: topic, partitionIndexes }];
  const request = [{ groupId: group, memberEpoch: -1, topics }];
  const { groups } = await cluster.sendToCoordinator(
    limitsFor(`Reading the committed offsets of "${group}"`),
    coordinatorOf(group),
    offsetFetchV8.api,
    request,
    true,
  );
  const offsets = new Map<number, number>();
  for (const { name, partitions } of groups.flatMap((answer) => answer.topics)) {
    if (name !== topic) continue;
    for (const { partitionIndex, committedOffset } of partitions) {
      if (committedOffset >= 0n) offsets.set(partitionIndex, Number(committedOffset));
    }
  }
  return offsets;
};

/** Commits offsets without being a member; a group with members refuses that. */
export const commitGroupOffsets = async (
  cluster: KafkaClient,
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
  await cluster.sendToCoordinator(
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
export const deleteGroup = async (cluster: KafkaClient, group: string): Promise<void> => {
  const limits = limitsFor(`Deleting the offsets of "${group}"`);
  try {
    await cluster.sendToCoordinator(limits, coordinatorOf(group), deleteGroupsV2.api, [group]);
  } catch (error) {
    if (diagnose((error as Error).cause).errorCode !== GROUP_ID_NOT_FOUND) throw error;
  }
};
