import type { KeptCut } from '@penstock/model';
import type {
  DefinedBatch,
  PipelineFacts,
  ProcessorDefinition,
  SourceSpec,
  TargetDefinition,
  TargetPort,
} from '../operator/index.ts';
import type { StageSettings } from '../stage-settings.ts';
import { fieldsReadBy, type KeyTerms, termsOf } from './key-terms.ts';
import type { Cut, PlanPart, PlanStage, Route } from './plan.ts';

/** A compiled stage before it is known in which part it runs. */
export interface CompiledStage {
  readonly instanceName: string;
  readonly label: string;
  readonly definition: ProcessorDefinition | TargetDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  readonly settings: StageSettings;
  readonly target?: TargetPort;
  readonly lanes: readonly string[];
}

export interface CutInput {
  readonly facts: PipelineFacts;
  readonly source: SourceSpec;
  /** Index of the source in the graph. */
  readonly sourceIndex: number;
  /** By graph index; undefined for the source, unless it makes its records itself. */
  readonly stages: readonly (CompiledStage | undefined)[];
  readonly order: readonly number[];
  readonly consumers: readonly (readonly number[])[];
  readonly laneConsumers: readonly (readonly (readonly number[])[])[];
  /** Number of partitions of the source topic, or of tasks of a clock; undefined: not known, taken as more than one. */
  readonly sourcePartitions: number | undefined;
  readonly keptCuts: readonly KeptCut[];
  readonly isSourceMoved: boolean;
}

export interface CutResult {
  readonly parts: PlanPart[];
  readonly cuts: Cut[];
  /** Whether a stage finds its keys whole where the source's records arrive, because of how the source is partitioned. */
  readonly restsOnSource: boolean;
}

/** A stream of records: in which part it flows and what is known to decide the task it is in. */
interface Flow {
  readonly part: number;
  /** Undefined: not known. `[]`: there is only one task, any key is whole in it. */
  readonly partitionedBy: KeyTerms | undefined;
}

/** What a stage wants of where its records are. */
export interface StageNeeds {
  /** What brings its records together; undefined: nothing does. */
  readonly key: KeyTerms | undefined;
  /** See `ProcessorDefinition.redistributes`. */
  readonly redistributes: boolean;
}

export const needsOf = ({ definition, config }: Pick<CompiledStage, 'definition' | 'config'>): StageNeeds =>
  definition.kind === 'processor'
    ? { key: termsOf(definition.requires?.(config)), redistributes: definition.redistributes ?? false }
    : { key: undefined, redistributes: false };

/**
 * Decides in which part each stage runs. All records of a key have to meet in one task: where the partitioning of the
 * records that reach a stage with a key does not guarantee that, the plan is cut in front of the stage. Other stages
 * run wherever their records are, if need be in several parts.
 */
export const cutPlan = (input: CutInput): CutResult => {
  const cuts: Cut[] = [];
  let restsOnSource = false;
  const arriving = new Map<number, Flow[]>();
  /** By graph index: the parts it runs in. */
  const placed = new Map<number, number[]>();
  const cutBefore = new Map<number, number>();
  const isSingle = input.sourcePartitions === 1 || input.source.kind === 'inline';

  const pass = (from: number, flows: readonly Flow[]): void => {
    for (const consumer of input.consumers[from] ?? [])
      arriving.set(consumer, [...(arriving.get(consumer) ?? []), ...flows]);
  };
  /** In which parts a stage runs, and how its records are distributed there; makes the cut that is needed. */
  const runningFlows = (index: number, stage: CompiledStage, flows: readonly Flow[]): readonly Flow[] => {
    const { key, redistributes } = needsOf(stage);
    if (key === undefined) return flows;
    const only = flows.length === 1 ? flows[0] : undefined;
    const kept = input.keptCuts.find(({ before }) => before === stage.instanceName);
    const isAsWanted = only !== undefined && (redistributes ? isBehindCutBy(only, key) : keepsKeyWhole(only, key));
    if (kept === undefined && isAsWanted) {
      if (only.part === 0 && !isSingle) restsOnSource = true;
      return flows;
    }
    const partitionedBy = kept?.partitionedBy ?? (redistributes ? key : coarsest(key));
    const cut = cuts.push({ index: cuts.length, before: stage.instanceName, partitionedBy }) - 1;
    cutBefore.set(index, cut);
    return [{ part: cut + 1, partitionedBy }];
  };

  for (const index of input.order) {
    if (index === input.sourceIndex) {
      if (input.stages[index] !== undefined) placed.set(index, [0]);
      pass(index, [sourceFlow(input, isSingle)]);
      continue;
    }
    const stage = input.stages[index];
    if (stage === undefined) continue;
    const running = runningFlows(index, stage, mergeFlows(arriving.get(index) ?? []));
    placed.set(
      index,
      running.map((flow) => flow.part),
    );
    if (stage.definition.kind === 'processor') {
      const changes = stage.definition.changes(stage.config);
      pass(
        index,
        running.map((flow) => ({ part: flow.part, partitionedBy: afterChanges(flow.partitionedBy, changes) })),
      );
    }
  }

  const parts = Array.from({ length: cuts.length + 1 }, (_, part) => buildPart(part, input, placed, cutBefore));
  return { parts, cuts, restsOnSource };
};

const sourceFlow = ({ isSourceMoved, source }: CutInput, isSingle: boolean): Flow => {
  if (isSourceMoved) return { part: 0, partitionedBy: undefined };
  // What a clock makes lies by its shards, which are no field.
  return { part: 0, partitionedBy: isSingle ? [] : source.kind === 'topic' ? source.partitionedBy : undefined };
};

/** One field that many keys share saves further cuts behind this one. */
const coarsest = (key: KeyTerms): KeyTerms => (key.includes('assetId') ? ['assetId'] : [...key]);

/** All records of a key are in one task when what decides the task is part of the key (or there is only one task). */
const keepsKeyWhole = ({ partitionedBy }: Flow, key: KeyTerms): boolean =>
  partitionedBy?.every((term) => key.includes(term)) ?? false;

/** Already distributed by just this key, by a cut of the plan. */
const isBehindCutBy = ({ part, partitionedBy }: Flow, key: KeyTerms): boolean =>
  part > 0 && JSON.stringify(partitionedBy) === JSON.stringify(key);

/** A changed field no longer tells where the record came from. */
const afterChanges = (
  partitionedBy: KeyTerms | undefined,
  changes: readonly string[] | 'any',
): KeyTerms | undefined => {
  if (partitionedBy === undefined || partitionedBy.length === 0) return partitionedBy;
  if (changes === 'any') return undefined;
  const isChanged = (field: string): boolean => (field === '*' ? changes.length > 0 : changes.includes(field));
  return partitionedBy.some((term) => fieldsReadBy(term).some(isChanged)) ? undefined : partitionedBy;
};

/** Flows that meet in one part count as one; where they disagree, nothing is known. */
const mergeFlows = (flows: readonly Flow[]): Flow[] => {
  const byPart = new Map<number, Flow>();
  for (const flow of flows) {
    const known = byPart.get(flow.part);
    if (known === undefined) byPart.set(flow.part, flow);
    else if (JSON.stringify(known.partitionedBy) !== JSON.stringify(flow.partitionedBy))
      byPart.set(flow.part, { part: flow.part, partitionedBy: undefined });
  }
  return [...byPart.values()].sort((a, b) => a.part - b.part);
};

const buildPart = (
  part: number,
  input: CutInput,
  placed: ReadonlyMap<number, readonly number[]>,
  cutBefore: ReadonlyMap<number, number>,
): PlanPart => {
  const members = input.order.filter((index) => placed.get(index)?.includes(part));
  const positionOf = new Map(members.map((index, position) => [index, position]));
  const routeOf = (consumers: readonly number[]): Route => {
    const stages: number[] = [];
    const cuts: number[] = [];
    for (const consumer of consumers) {
      const cut = cutBefore.get(consumer);
      const position = positionOf.get(consumer);
      if (cut !== undefined) cuts.push(cut);
      else if (position !== undefined) stages.push(position);
    }
    return { stages, cuts };
  };
  const stages = members.flatMap((index): PlanStage[] => {
    const stage = input.stages[index];
    if (stage === undefined) return [];
    const laneRoutes = (input.laneConsumers[index] ?? []).map(routeOf);
    return [{ ...stage, route: routeOf(input.consumers[index] ?? []), laneRoutes }];
  });
  const hasInput = part > 0 || input.stages[input.sourceIndex] === undefined;
  const batch = hasInput && stages.some(worksOnBatches) ? { batch: batchOf(input.source) } : {};
  const readers = (hasInput ? input.consumers[input.sourceIndex] : undefined) ?? [];
  if (part === 0) return { index: part, stages, entry: routeOf(readers), ...batch };
  const first = members.findIndex((index) => cutBefore.get(index) === part - 1);
  return { index: part, stages, entry: { stages: [first], cuts: [] }, ...batch };
};

export const worksOnBatches = ({ definition }: Pick<PlanStage, 'definition'>): boolean =>
  definition.kind === 'processor' && definition.worksOnBatches === true;

const INLINE_WAIT_MS = 1000;

/** Long enough for all tasks of the clock to notice a slot and to commit it, by default each within a second. */
const CLOCK_BATCH: DefinedBatch = { size: 1_000_000, waitMs: 3000 };

/**
 * What a part with input gathers. The records of a document are one batch. Those of a clock are one slot by slot, in
 * its own part without being gathered; behind a cut they are what comes soon after one another.
 */
const batchOf = (source: SourceSpec): DefinedBatch => {
  switch (source.kind) {
    case 'topic':
      return source.batch;
    case 'inline':
      return { size: Math.max(1, source.values.length), waitMs: INLINE_WAIT_MS };
    case 'clock':
      return CLOCK_BATCH;
  }
};
