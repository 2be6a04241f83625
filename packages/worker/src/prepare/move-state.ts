import { type ChangelogEntry, parseStateKey, stateKey, type TopicAppender } from '@penstock/engine';
import { type KafkaClient, readChangelog } from '@penstock/kafka';
import { type Move, placeChanged, type StateChanges } from './compare-manifest.ts';
import { fieldsOfKey } from './plan-stores.ts';

/** An entry of the state topic that does not stay as it is. */
interface Change {
  readonly partition: number;
  readonly key: string;
  readonly value: string | null;
  /** Undefined: it goes. */
  readonly to: { readonly partition: number; readonly key: string } | undefined;
}

/** How many entries of each stage were cleared and moved, by its old name. */
export interface MoveReport {
  readonly cleared: ReadonlyMap<string, number>;
  readonly moved: ReadonlyMap<string, number>;
}

/** Chooses the partition of a key as our cuts do. */
export type Partitioner = (key: string, partitions: number) => number;

/**
 * Finds what kept state has to go, get another name or lie in another partition. The whole state topic is read for it,
 * and what changes is held in memory. Errors: those of `unusable` stages, and `STATE_PLACE_CHANGED`, where there are
 * entries that the new plan cannot use.
 */
export const findStateChanges = async (
  client: KafkaClient,
  { topic, partitions, onProgress }: { readonly topic: string; readonly partitions: number; onProgress(): void },
  changes: StateChanges,
  partitionFor: Partitioner,
): Promise<readonly Change[]> => {
  const found: Change[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const live = new Map<string, ChangelogEntry>();
    await readChangelog(client, {
      topic,
      partition,
      onEntry: (entry) => {
        onProgress();
        if (entry.value === null) live.delete(entry.key);
        else live.set(entry.key, entry);
      },
    });
    for (const { key, value } of live.values()) {
      const change = changeOf(partition, key, value, changes, partitionFor);
      if (change !== undefined) found.push(change);
    }
  }
  return found;
};

const changeOf = (
  partition: number,
  key: string,
  value: string | null,
  { cleared, renames, moved, unusable }: StateChanges,
  partitionFor: Partitioner,
): Change | undefined => {
  const parts = parseStateKey(key);
  if (parts === undefined) return undefined;
  const { instanceName, assetId, pointId } = parts;
  const problem = unusable.get(instanceName);
  if (problem !== undefined) throw problem;
  if (cleared.includes(instanceName)) return { partition, key, value, to: undefined };
  const name = renames.get(instanceName) ?? instanceName;
  const move = moved.get(name);
  const target = move === undefined ? partition : targetOf(move, partition, { assetId, pointId }, partitionFor);
  const to = { partition: target, key: stateKey(name, assetId, pointId) };
  return to.partition === partition && to.key === key ? undefined : { partition, key, value, to };
};

/** Where the records of an entry will come by. An entry that does not say of which key it is can only stay. */
const targetOf = (
  { from, to }: Move,
  partition: number,
  key: Readonly<Record<string, string>>,
  partitionFor: Partitioner,
): number => {
  const { partitionedBy, partitioner, partitions } = to.place;
  const values = partitionedBy?.map((field) => key[field] ?? '') ?? [];
  const isTold = values.length > 0 && values.every((value) => value !== '') && fieldsOfKey(to.key) !== undefined;
  if (partitioner === 'murmur2' && isTold) return partitionFor(values.join('\u0000'), partitions);
  const isDistributedAlike =
    JSON.stringify(from.place.partitionedBy) === JSON.stringify(partitionedBy) && from.place.partitions === partitions;
  // State of a task goes with the number of its partition; added partitions begin with none.
  const isOfTask = fieldsOfKey(to.key) === undefined && from.place.partitioner === partitioner;
  if (isDistributedAlike || isOfTask) return partition;
  throw placeChanged(from, to);
};

/** Writes the changes: each entry where it belongs, and its deletion where it lay. */
export const appendStateChanges = (appender: TopicAppender, changes: readonly Change[], now: number): MoveReport => {
  const cleared = new Map<string, number>();
  const moved = new Map<string, number>();
  for (const { partition, key, value, to } of changes) {
    appender.append(partition, key, null, now);
    if (to !== undefined) appender.append(to.partition, to.key, value, now);
    const counts = to === undefined ? cleared : moved;
    const stage = parseStateKey(key)?.instanceName ?? '';
    counts.set(stage, (counts.get(stage) ?? 0) + 1);
  }
  return { cleared, moved };
};
