import type { ProcessorDefinition, StoreDefinition } from '../operator/index.ts';

/**
 * Keys of schedules are shared out over so many shards; each shard belongs to one task and has a last slot of its own.
 * Stored with every pipeline: neither this number nor `shardOf` may ever change.
 */
const SHARDS = 128;

/** Name of the engine's store of last slots; operators name none like it. */
export const SCHEDULE_STORE = 'schedules';
/** Stands for the shard where a manifest says what its entries are found and distributed by. */
export const SHARD_TERM = '$shard';

/** The shard of a key (FNV-1a over UTF-16 units). */
export const shardOf = (key: string): string => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return String((hash >>> 0) % SHARDS);
};

const ALL_SHARDS: readonly string[] = Array.from({ length: SHARDS }, (_, shard) => String(shard));

/** How the shards of a part are distributed over its tasks: as the run was prepared, not as topics are by now. */
export interface ShardOwners {
  readonly tasks: number;
  /** The partition of a key as cuts choose it: kept entries are moved by the same. */
  partitionFor(key: string, partitions: number): number;
}

/** The shards of a task; all of them where there is only one. */
export const shardsOf = (partition: number, owners: ShardOwners | undefined): readonly string[] =>
  owners === undefined || owners.tasks === 1
    ? ALL_SHARDS
    : ALL_SHARDS.filter((shard) => owners.partitionFor(shard, owners.tasks) === partition);

/** How far a schedule is for one shard. */
export interface SlotsDone {
  /** The last slot worked off, or the one before the first; Unix ms. */
  readonly last: number;
  /** How many have been worked off. */
  readonly count: number;
}

const stores = new WeakMap<ProcessorDefinition, StoreDefinition<SlotsDone>>();

/** Where it is kept how far an operator's schedules per key are, by shard and schedule; undefined: it has none. */
export const scheduleStoreOf = (definition: ProcessorDefinition): StoreDefinition<SlotsDone> | undefined => {
  const schedules = definition.schedules?.filter(({ per }) => per === 'key') ?? [];
  if (schedules.length === 0) return undefined;
  const known = stores.get(definition);
  if (known !== undefined) return known;
  const store: StoreDefinition<SlotsDone> = {
    name: SCHEDULE_STORE,
    version: 2,
    keyParts: 2,
    encode: ({ last, count }) => [last, count],
    decode: (stored) => {
      const [last, count] = Array.isArray(stored) ? stored : [];
      if (!Number.isSafeInteger(last) || !Number.isSafeInteger(count)) throw new Error('The stored slot is no time.');
      return { last: Number(last), count: Number(count) };
    },
    // Version 1 kept the last slot alone.
    migrate: (stored) => [stored, 0],
    isKept: (config) => schedules.some(({ everyMs }) => everyMs(config) !== undefined),
  };
  stores.set(definition, store);
  return store;
};
