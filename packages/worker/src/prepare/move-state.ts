import {
  type ChangelogEntry,
  ownerText,
  parseStoreKey,
  partitionText,
  type StateKey,
  type StoreKey,
  type StoreOwner,
  type TaskLog,
  writeStoreKey,
} from '@penstock/engine';
import { type KafkaClient, readChangelog } from '@penstock/kafka';
import { AppError, type JsonValue } from '@penstock/model';
import { type Move, placeChanged, type StateChanges } from './compare-manifest.ts';
import { fieldsOfKey, storeName } from './plan-stores.ts';

/** An entry of the state topic that does not stay as it is. */
interface Change {
  readonly partition: number;
  readonly key: string;
  readonly value: string | null;
  /** Undefined: it goes. */
  readonly to: { readonly partition: number; readonly key: string; readonly value: string | null } | undefined;
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

/** What becomes of one entry; undefined: nothing. */
export const changeOf = (
  partition: number,
  text: string,
  value: string | null,
  { cleared, renames, moved, migrated, unusable }: StateChanges,
  partitionFor: Partitioner,
): Change | undefined => {
  const kept = parseStoreKey(text);
  if (kept === undefined) return undefined;
  const old = nameOf(kept);
  const problem = unusable.get(old);
  if (problem !== undefined) throw problem;
  if (cleared.some((entry) => storeName(entry) === old)) return { partition, key: text, value, to: undefined };
  const owner: StoreOwner =
    'stage' in kept.owner ? { stage: renames.get(kept.owner.stage) ?? kept.owner.stage } : kept.owner;
  const name = nameOf({ ...kept, owner });
  const move = moved.get(name);
  const target = move === undefined ? partition : targetOf(move, partition, kept.key, partitionFor);
  const definition = migrated.get(name);
  const version = definition?.version ?? kept.version;
  const to = {
    partition: target,
    key: writeStoreKey({ ...kept, owner, version }),
    value: version === kept.version ? value : migratedValue(kept, value, definition?.migrate),
  };
  return to.partition === partition && to.key === text ? undefined : { partition, key: text, value, to };
};

const nameOf = ({ owner, store }: StoreKey): string => ownerText(owner) + store;

/** Errors: `STATE_VERSION_UNKNOWN` where the operator does not make anything of the entry. */
const migratedValue = (
  { owner, version }: StoreKey,
  value: string | null,
  migrate: ((stored: JsonValue, from: number) => JsonValue) | undefined,
): string | null => {
  if (value === null || migrate === undefined) return value;
  try {
    return JSON.stringify(migrate(JSON.parse(value) as JsonValue, version));
  } catch (error) {
    throw new AppError(
      'STATE_VERSION_UNKNOWN',
      `An entry of the state of "${labelOf(owner)}", kept in version ${version} of its operator's encoding, cannot be brought to the one it has now. Start the pipeline with the version of Penstock before, or delete what it keeps (reset its state, or stop it).`,
      { domain: 'user', cause: error, params: { stage: labelOf(owner), kept: version } },
    );
  }
};

const labelOf = (owner: StoreOwner): string => ('stage' in owner ? owner.stage : owner.group);

/** Where the records of an entry will come by. An entry that does not say of which key it is can only stay. */
const targetOf = (
  { from, to, isOfTask }: Move,
  partition: number,
  key: StateKey,
  partitionFor: Partitioner,
): number => {
  const { partitionedBy, partitioner, partitions } = to.place;
  const terms = fieldsOfKey(to.key);
  // All records are in one task then, whatever the entry says.
  if (partitioner === 'murmur2' && partitionedBy?.length === 0) return partitionFor('', partitions);
  const values = isOfTask === true ? [] : (partitionedBy?.map((term) => key[terms?.indexOf(term) ?? -1] ?? '') ?? []);
  const isTold = values.length > 0 && values.every((value) => value !== '') && terms !== undefined;
  if (partitioner === 'murmur2' && isTold) return partitionFor(partitionText(values), partitions);
  const isDistributedAlike =
    JSON.stringify(from.place.partitionedBy) === JSON.stringify(partitionedBy) && from.place.partitions === partitions;
  // State of a task goes with the number of its partition; added partitions begin with none.
  const isWithoutKey = terms === undefined && from.place.partitioner === partitioner;
  if (isDistributedAlike || isWithoutKey) return partition;
  throw placeChanged(from, to);
};

/** Entries between two flushes: what is not sent yet is in memory a second time. */
const FLUSH_EVERY = 10_000;

/** Writes the changes: each entry where it belongs, and its deletion where it lay. */
export const appendStateChanges = async (
  log: Pick<TaskLog, 'appender' | 'flush'>,
  topic: string,
  changes: readonly Change[],
  now: number,
): Promise<MoveReport> => {
  const appender = log.appender(topic);
  const cleared = new Map<string, number>();
  const moved = new Map<string, number>();
  for (const [at, { partition, key, to }] of changes.entries()) {
    if (at % FLUSH_EVERY === FLUSH_EVERY - 1) await log.flush();
    appender.append(partition, key, null, now);
    if (to !== undefined) appender.append(to.partition, to.key, to.value, now);
    const counts = to === undefined ? cleared : moved;
    const kept = parseStoreKey(key);
    const stage = kept === undefined ? '' : labelOf(kept.owner);
    counts.set(stage, (counts.get(stage) ?? 0) + 1);
  }
  return { cleared, moved };
};
