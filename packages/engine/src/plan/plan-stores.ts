import type { ProcessorDefinition, StateDefinition, StoreDefinition } from '../operator/index.ts';
import { scheduleStoreOf } from '../state/schedule-store.ts';
import { FIRST_STORE, ownerText, type StoreOwner } from '../state/store-key.ts';
import { needsOf } from './cut-plan.ts';
import type { Plan, PlanPart, PlanStage } from './plan.ts';

// biome-ignore lint/suspicious/noExplicitAny: of any state type
export type AnyStore = StoreDefinition<any>;

/** A store as a part of a plan has it. */
export interface PlacedStore {
  readonly definition: AnyStore;
  readonly owner: StoreOwner;
  /** The stages of the part that use it: more than one only where they share it. */
  readonly stages: readonly string[];
  /** In ms; undefined: for ever. */
  readonly ttl: number | undefined;
}

type ConfiguredStage = Pick<PlanStage, 'definition' | 'config'>;

/** The stores a stage keeps with its configuration, the one of its `state` first. */
export const storesOfStage = ({ definition, config }: ConfiguredStage): readonly AnyStore[] =>
  definition.kind === 'processor'
    ? storesOfOperator(definition).filter(({ isKept }) => isKept?.(config) !== false)
    : [];

/** The stores an operator may keep, whatever its configuration. */
export const storesOfOperator = (definition: ProcessorDefinition): readonly AnyStore[] => {
  const { state, stores = [] } = definition;
  const own = state === undefined ? stores : [stateAsStore(state), ...stores];
  const schedules = scheduleStoreOf(definition);
  return schedules === undefined ? own : [...own, schedules];
};

/** Whether it keeps anything in the state topic. */
export const keepsState = (stage: ConfiguredStage): boolean => storesOfStage(stage).length > 0;

/** Stateful stages and the part each of them runs in. */
export const statefulStages = (
  plan: Plan,
): { readonly instanceName: string; readonly part: number; readonly operator: string }[] =>
  plan.parts.flatMap((part) =>
    part.stages
      .filter(keepsState)
      .map((stage) => ({ instanceName: stage.instanceName, part: part.index, operator: stage.definition.id })),
  );

export const ownerOf = (
  { instanceName, config }: Pick<PlanStage, 'instanceName' | 'config'>,
  store: AnyStore,
): StoreOwner => {
  const group = store.group?.(config);
  return group === undefined ? { stage: instanceName } : { group };
};

export const storesOfPart = ({ stages }: PlanPart): PlacedStore[] => {
  const placed = new Map<string, PlacedStore>();
  for (const stage of stages)
    for (const definition of storesOfStage(stage)) {
      const owner = ownerOf(stage, definition);
      const name = ownerText(owner) + definition.name;
      const known = placed.get(name);
      const ttl = definition.expiry?.afterMs(stage.config);
      placed.set(name, {
        definition,
        owner,
        stages: [...(known?.stages ?? []), stage.instanceName],
        // What one of them still wants is kept for all.
        ttl: known === undefined ? ttl : longest(known.ttl, ttl),
      });
    }
  return [...placed.values()];
};

/** Why a stage cannot be run as the plan is. */
export interface StageProblem {
  readonly stage: string;
  readonly message: string;
}

/**
 * Stores that the plan does not bring together: state that belongs to tasks in several parts, and shared stores whose
 * stages are apart, by different keys, or not of the same mind.
 */
export const findStoreProblems = (plan: Plan): StageProblem[] => {
  const uses = new Map<string, { readonly stage: PlanStage; readonly part: number; readonly store: AnyStore }[]>();
  for (const { stages, index } of plan.parts)
    for (const stage of stages)
      for (const store of storesOfStage(stage)) {
        const name = ownerText(ownerOf(stage, store)) + store.name;
        uses.set(name, [...(uses.get(name) ?? []), { stage, part: index, store }]);
      }
  return [...uses.values()].flatMap((found): StageProblem[] => {
    const [first, ...others] = found;
    if (first === undefined) return [];
    const name = (stage: PlanStage): string => `"${stage.label || stage.instanceName}"`;
    for (const { stage, part, store } of others) {
      const problem = (message: string): StageProblem[] => [{ stage: stage.instanceName, message }];
      if (stage.instanceName === first.stage.instanceName)
        return problem(
          `${name(stage)} keeps state wherever its records are, and they reach it in two parts of the plan. Put a Partitioner in front of it, or let its records come by one way.`,
        );
      if (store !== first.store)
        return problem(
          `${name(stage)} and ${name(first.stage)} share a store that they keep in different ways. Give one of them another group.`,
        );
      if (JSON.stringify(needsOf(stage).key) !== JSON.stringify(needsOf(first.stage).key))
        return problem(
          `${name(stage)} and ${name(first.stage)} share a store, and bring their records together by different keys. Give both the same key.`,
        );
      if (part !== first.part)
        return problem(
          `${name(stage)} shares a store with ${name(first.stage)}, and the plan brings their records together in different tasks. Let one follow the other without a stage in between that changes the key, or put one Partitioner by their key in front of both.`,
        );
    }
    return [];
  });
};

const longest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : Math.max(a, b);

// biome-ignore lint/suspicious/noExplicitAny: of any state type
const asStores = new WeakMap<StateDefinition<any>, AnyStore>();

/** `state` is the short way to name one store: of the stage, by asset and point. */
// biome-ignore lint/suspicious/noExplicitAny: of any state type
const stateAsStore = (state: StateDefinition<any>): AnyStore => {
  const known = asStores.get(state);
  if (known !== undefined) return known;
  const { encode, decode, toItem, isKept } = state;
  const store: AnyStore = {
    name: FIRST_STORE,
    version: 1,
    keyParts: 2,
    encode,
    decode,
    ...(isKept === undefined ? {} : { isKept }),
    ...(toItem === undefined ? {} : { toItem: (value, [assetId, pointId = '']) => toItem(value, assetId, pointId) }),
  };
  asStores.set(state, store);
  return store;
};
