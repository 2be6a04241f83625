import { createHash } from 'node:crypto';
import {
  type AnyStore,
  type CutEntry,
  type KeyTerms,
  needsOf,
  ownerOf,
  ownerOfEntry,
  ownerText,
  type Plan,
  type PlanPart,
  type PlanStage,
  SCHEDULE_STORE,
  SHARD_TERM,
  type StageNeeds,
  type StoreEntry,
  type StorePlace,
  sourceOf,
  storesOfStage,
} from '@penstock/engine';
import type { JsonValue } from '@penstock/model';

/** What the manifest says of the stages of a plan that keep state, and of where. `inputs`: by part index. */
export const storesOf = (
  plan: Plan,
  inputs: readonly { readonly topic: string | null; readonly partitions: number }[],
): StoreEntry[] => {
  const stores = new Map<string, StoreEntry>();
  for (const part of plan.parts)
    for (const stage of part.stages)
      for (const store of storesOfStage(stage)) {
        const owner = ownerOf(stage, store);
        const name = ownerText(owner) + store.name;
        // State that belongs to tasks may be kept in several parts; what tells it from another is the same in all.
        if (!stores.has(name)) stores.set(name, entryOf(stage, store, placeOf(plan, part, inputs)));
      }
  return [...stores.values()];
};

/** The definitions of the stores of a plan, by `storeName`. */
export const storeDefinitionsOf = (plan: Plan): ReadonlyMap<string, AnyStore> =>
  new Map(
    plan.parts
      .flatMap(({ stages }) => stages)
      .flatMap((stage) =>
        storesOfStage(stage).map((store) => [ownerText(ownerOf(stage, store)) + store.name, store] as const),
      ),
  );

/** One text per store, to look it up by. */
export const storeName = (entry: StoreEntry): string => ownerText(ownerOfEntry(entry)) + entry.store;

const entryOf = (stage: PlanStage, store: AnyStore, place: StorePlace): StoreEntry => {
  const owner = ownerOf(stage, store);
  return {
    stage: stage.instanceName,
    ...('group' in owner ? { group: owner.group } : {}),
    ...(store.keyParts === 2 ? {} : { keyParts: store.keyParts }),
    store: store.name,
    version: store.version,
    operator: stage.definition.keptAs ?? stage.definition.id,
    ...(store.name === SCHEDULE_STORE
      ? { key: { kind: 'fields', fields: [SHARD_TERM] }, place: sharedOut(place) }
      : { key: keyOf(stage), place }),
    config: fingerprintOf(stage.config as JsonValue),
  };
};

/** Shards of schedules lie where the tasks that own them are, however records come there. */
const sharedOut = ({ cut, partitions }: StorePlace): StorePlace => ({
  cut,
  partitionedBy: [SHARD_TERM],
  partitioner: 'murmur2',
  partitions,
});

export const cutsOf = (plan: Plan, topics: readonly string[]): CutEntry[] =>
  plan.cuts.map(({ before, partitionedBy }, index) => ({ topic: topics[index] ?? '', before, partitionedBy }));

/** The terms of a key as the manifest writes them: see `StoreEntry.key`. Undefined for state of a task. */
export const fieldsOfKey = (key: JsonValue): KeyTerms | undefined => {
  const { kind, fields } = (key ?? {}) as { kind?: unknown; fields?: unknown };
  return kind === 'fields' && Array.isArray(fields) ? fields.map(String) : undefined;
};

/** What stages want of where their records are, by stage; with state or without. */
export const stageNeedsOf = ({ parts }: Plan): ReadonlyMap<string, StageNeeds> =>
  new Map(parts.flatMap(({ stages }) => stages.map((stage) => [stage.instanceName, needsOf(stage)] as const)));

const keyOf = (stage: PlanStage): JsonValue => {
  const { key } = needsOf(stage);
  return key === undefined ? { kind: 'task' } : { kind: 'fields', fields: [...key] };
};

const placeOf = (
  plan: Plan,
  part: PlanPart,
  inputs: readonly { readonly topic: string | null; readonly partitions: number }[],
): StorePlace => {
  const cut = part.input.kind === 'cut' ? plan.cuts[part.input.cut] : undefined;
  const { topic, partitions } = inputs[part.index] ?? { topic: null, partitions: 1 };
  if (cut !== undefined) return { cut: topic, partitionedBy: cut.partitionedBy, partitioner: 'murmur2', partitions };
  const spec = sourceOf(plan, part)?.spec;
  const isSingle = partitions === 1 || spec?.kind === 'inline';
  const known = spec?.kind === 'topic' ? spec.partitionedBy : undefined;
  return {
    cut: null,
    partitionedBy: isSingle ? [] : (known ?? null),
    partitioner: 'source',
    partitions,
  };
};

const fingerprintOf = (config: JsonValue): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(config)))
    .digest('hex')
    .slice(0, 16);

/** The order of a document's rows says nothing. */
const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
};
