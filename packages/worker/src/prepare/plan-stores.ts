import { createHash } from 'node:crypto';
import {
  type CutEntry,
  type KeyTerms,
  needsOf,
  type Plan,
  type PlanPart,
  type PlanStage,
  type StageNeeds,
  type StoreEntry,
  type StorePlace,
} from '@penstock/engine';
import type { JsonValue } from '@penstock/model';

/** The name of a stage's only store. */
const STORE = 'state';
/** Version of the encoding of stores whose operator names none. */
const FIRST_VERSION = 1;

/** What the manifest says of the stages of a plan that keep state, and of where. `inputs`: by part index. */
export const storesOf = (
  plan: Plan,
  inputs: readonly { readonly topic: string | null; readonly partitions: number }[],
): StoreEntry[] => {
  const stores = new Map<string, StoreEntry>();
  for (const part of plan.parts)
    for (const stage of part.stages) {
      // State that belongs to tasks may be kept in several parts; what tells it from another is the same in all.
      if (!keepsState(stage) || stores.has(stage.instanceName)) continue;
      stores.set(stage.instanceName, {
        stage: stage.instanceName,
        store: STORE,
        version: FIRST_VERSION,
        operator: stage.definition.id,
        key: keyOf(stage),
        config: fingerprintOf(stage.config as JsonValue),
        place: placeOf(plan, part, inputs),
      });
    }
  return [...stores.values()];
};

export const cutsOf = (plan: Plan, topics: readonly string[]): CutEntry[] =>
  plan.cuts.map(({ before, partitionedBy }, index) => ({ topic: topics[index] ?? '', before, partitionedBy }));

/** The terms of a key as the manifest writes them: see `StoreEntry.key`. Undefined for state of a task. */
export const fieldsOfKey = (key: JsonValue): KeyTerms | undefined => {
  const { kind, fields } = (key ?? {}) as { kind?: unknown; fields?: unknown };
  return kind === 'fields' && Array.isArray(fields) ? fields.map(String) : undefined;
};

const keepsState = ({ definition }: PlanStage): boolean =>
  definition.kind === 'processor' && definition.state !== undefined;

/** What stages want of where their records are, by stage; with state or without. */
export const stageNeedsOf = ({ parts }: Plan): ReadonlyMap<string, StageNeeds> =>
  new Map(parts.flatMap(({ stages }) => stages.map((stage) => [stage.instanceName, needsOf(stage)] as const)));

const keyOf = (stage: PlanStage): JsonValue => {
  const { key } = needsOf(stage);
  return key === undefined ? { kind: 'task' } : { kind: 'fields', fields: [...key] };
};

const placeOf = (
  { cuts, source }: Plan,
  { index }: PlanPart,
  inputs: readonly { readonly topic: string | null; readonly partitions: number }[],
): StorePlace => {
  const cut = cuts[index - 1];
  const { topic, partitions } = inputs[index] ?? { topic: null, partitions: 1 };
  if (cut !== undefined) return { cut: topic, partitionedBy: cut.partitionedBy, partitioner: 'murmur2', partitions };
  const { spec } = source;
  const isSingle = partitions === 1 || spec.kind !== 'topic';
  return {
    cut: null,
    partitionedBy: isSingle ? [] : (spec.partitionedBy ?? null),
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
