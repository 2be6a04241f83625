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
  readonly sources: readonly CutSource[];
  /** By graph index; undefined for sources that do not make their records themselves. */
  readonly stages: readonly (CompiledStage | undefined)[];
  readonly order: readonly number[];
  readonly consumers: readonly (readonly number[])[];
  readonly laneConsumers: readonly (readonly (readonly number[])[])[];
  readonly keptCuts: readonly KeptCut[];
}

/** A source as the plan is cut by it. */
export interface CutSource {
  /** Index in the graph. */
  readonly index: number;
  readonly spec: SourceSpec;
  /** Number of partitions of its topic, or of tasks of a clock; undefined: not known, taken as more than one. */
  readonly partitions: number | undefined;
  readonly isMoved: boolean;
}

export interface CutResult {
  readonly parts: PlanPart[];
  readonly cuts: Cut[];
  /** Sources where a stage finds its keys whole as their records arrive, because of how they are partitioned. */
  readonly restsOn: ReadonlySet<number>;
}

/** A stream of records: in which part it flows and what is known to decide the task it is in. */
interface Flow {
  readonly part: number;
  /** Undefined: not known. `[]`: there is only one task, any key is whole in it. */
  readonly partitionedBy: KeyTerms | undefined;
}

/** Where stages run, as far as it is known by now. */
interface Placement {
  /** By graph index: the parts a stage runs in. */
  readonly placed: ReadonlyMap<number, readonly number[]>;
  /** By graph index of the stage in front of which it lies. */
  readonly cutBefore: ReadonlyMap<number, number>;
  /** By graph index: the sources whose records reach it. */
  readonly fedBy: ReadonlyMap<number, ReadonlySet<number>>;
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
  const { sources } = input;
  const cuts: Cut[] = [];
  const restsOn = new Set<number>();
  const arriving = new Map<number, Flow[]>();
  /** By graph index: the parts it runs in. */
  const placed = new Map<number, number[]>();
  const cutBefore = new Map<number, number>();
  const fedBy = new Map(sources.map(({ index }, source) => [index, new Set([source])]));

  const pass = (from: number, flows: readonly Flow[]): void => {
    for (const consumer of input.consumers[from] ?? []) {
      arriving.set(consumer, [...(arriving.get(consumer) ?? []), ...flows]);
      fedBy.set(consumer, new Set([...(fedBy.get(consumer) ?? []), ...(fedBy.get(from) ?? [])]));
    }
  };
  /** In which parts a stage runs, and how its records are distributed there; makes the cut that is needed. */
  const runningFlows = (index: number, stage: CompiledStage, flows: readonly Flow[]): readonly Flow[] => {
    const { key, redistributes } = needsOf(stage);
    if (key === undefined) return flows;
    const only = flows.length === 1 ? flows[0] : undefined;
    const kept = input.keptCuts.find(({ before }) => before === stage.instanceName);
    const isBehindCut = (only?.part ?? 0) >= sources.length;
    const isAsWanted =
      only !== undefined && (redistributes ? isBehindCut && isBy(only, key) : keepsKeyWhole(only, key));
    if (kept === undefined && isAsWanted) {
      const source = sources[only.part];
      if (source !== undefined && !isSingle(source)) restsOn.add(only.part);
      return flows;
    }
    const partitionedBy = kept?.partitionedBy ?? (redistributes ? key : coarsest(key));
    const cut = cuts.push({ index: cuts.length, before: stage.instanceName, partitionedBy }) - 1;
    cutBefore.set(index, cut);
    return [{ part: sources.length + cut, partitionedBy }];
  };

  for (const index of input.order) {
    const source = sources.findIndex((one) => one.index === index);
    if (source >= 0) {
      if (input.stages[index] !== undefined) placed.set(index, [source]);
      pass(index, [{ part: source, partitionedBy: partitioningOf(sources[source] as CutSource) }]);
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

  const placement = { placed, cutBefore, fedBy };
  const parts = [
    ...sources.map((_, source) => sourcePart(source, input, placement)),
    ...cuts.map(({ index }) => partBehind(index, input, placement)),
  ];
  return { parts, cuts, restsOn };
};

/** All its records are in one task. */
const isSingle = ({ partitions, spec }: CutSource): boolean => partitions === 1 || spec.kind === 'inline';

const partitioningOf = (source: CutSource): KeyTerms | undefined => {
  if (source.isMoved) return undefined;
  if (isSingle(source)) return [];
  // What a clock makes lies by its shards, which are no field.
  return source.spec.kind === 'topic' ? source.spec.partitionedBy : undefined;
};

/** One field that many keys share saves further cuts behind this one. */
const coarsest = (key: KeyTerms): KeyTerms => (key.includes('assetId') ? ['assetId'] : [...key]);

/** All records of a key are in one task when what decides the task is part of the key (or there is only one task). */
const keepsKeyWhole = ({ partitionedBy }: Flow, key: KeyTerms): boolean =>
  partitionedBy?.every((term) => key.includes(term)) ?? false;

/** Distributed by just this key. */
const isBy = ({ partitionedBy }: Flow, key: KeyTerms): boolean => JSON.stringify(partitionedBy) === JSON.stringify(key);

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

/** The part in which the records of a source arrive. A clock is a stage of it, and nothing comes in. */
const sourcePart = (source: number, input: CutInput, placement: Placement): PlanPart => {
  const { index, spec } = input.sources[source] as CutSource;
  const { stages, routeOf } = stagesOf(source, input, placement);
  const isRead = spec.kind !== 'clock';
  const readers = isRead ? (input.consumers[index] ?? []) : [];
  const about = { index: source, input: { kind: spec.kind, source }, stages, entry: routeOf(readers) };
  return isRead && stages.some(worksOnBatches) ? { ...about, batch: batchOf([spec]) } : about;
};

const partBehind = (cut: number, input: CutInput, placement: Placement): PlanPart => {
  const index = input.sources.length + cut;
  const { stages, members } = stagesOf(index, input, placement);
  const first = members.findIndex((member) => placement.cutBefore.get(member) === cut);
  const entry = { stages: [first], cuts: [] };
  const about = { index, input: { kind: 'cut' as const, cut }, stages, entry };
  const feeding = [...(placement.fedBy.get(members[first] ?? -1) ?? [])];
  const specs = feeding.map((source) => (input.sources[source] as CutSource).spec);
  return stages.some(worksOnBatches) ? { ...about, batch: batchOf(specs) } : about;
};

const stagesOf = (part: number, input: CutInput, { placed, cutBefore }: Placement) => {
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
  return { members, stages, routeOf };
};

export const worksOnBatches = ({ definition }: Pick<PlanStage, 'definition'>): boolean =>
  definition.kind === 'processor' && definition.worksOnBatches === true;

const INLINE_WAIT_MS = 1000;

/** Long enough for all tasks of the clock to notice a slot and to commit it, by default each within a second. */
const CLOCK_BATCH: DefinedBatch = { size: 1_000_000, waitMs: 3000 };

/**
 * What a part with input gathers, by the sources that lead to it. The records of a document are one batch. Those of a
 * clock are one slot by slot, in its own part without being gathered; behind a cut they are what comes soon after one
 * another. Of several topics the largest batch and the longest wait hold; what a clock makes beside them comes along.
 */
const batchOf = (specs: readonly SourceSpec[]): DefinedBatch => {
  const batches = specs.flatMap((spec) => (spec.kind === 'topic' ? [spec.batch] : []));
  const inline = specs.flatMap((spec) =>
    spec.kind === 'inline' ? [{ size: Math.max(1, spec.values.length), waitMs: INLINE_WAIT_MS }] : [],
  );
  const [first, ...others] = batches.length > 0 ? batches : inline;
  if (first === undefined) return CLOCK_BATCH;
  return others.reduce(
    (all, { size, waitMs }) => ({ size: Math.max(all.size, size), waitMs: Math.max(all.waitMs, waitMs) }),
    first,
  );
};
