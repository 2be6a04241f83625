import type {
  KeyFields,
  PipelineFacts,
  ProcessorDefinition,
  SourceSpec,
  TargetDefinition,
  TargetPort,
} from '../operator/index.ts';
import type { StageSettings } from '../stage-settings.ts';
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

/** A cut that an earlier plan made, and that stays: see `CompileOptions.keptCuts`. */
export interface KeptCut {
  /** The stage it lies in front of. */
  readonly before: string;
  readonly partitionedBy: readonly string[];
  /** Its topic, whatever a new cut's would be called. */
  readonly topic: string;
}

export interface CutInput {
  readonly facts: PipelineFacts;
  readonly source: SourceSpec;
  /** Index of the source in the graph. */
  readonly sourceIndex: number;
  /** By graph index; undefined for the source. */
  readonly stages: readonly (CompiledStage | undefined)[];
  readonly order: readonly number[];
  readonly consumers: readonly (readonly number[])[];
  readonly laneConsumers: readonly (readonly (readonly number[])[])[];
  /** Number of partitions of the source topic; undefined: not known, taken as more than one. */
  readonly sourcePartitions: number | undefined;
  readonly keptCuts: readonly KeptCut[];
  readonly isSourceMoved: boolean;
}

export interface CutResult {
  readonly parts: PlanPart[];
  readonly cuts: Cut[];
  /** Whether a stage keeps state where the source's records arrive, because of how the source is partitioned. */
  readonly restsOnSource: boolean;
}

/** A stream of records: in which part it flows and which fields are known to decide the task it is in. */
interface Flow {
  readonly part: number;
  /** Undefined: not known. `[]`: there is only one task, any key is whole in it. */
  readonly partitionedBy: KeyFields | undefined;
}

/**
 * Decides in which part each stage runs. State is kept per task, so all records of a key have to meet in one task:
 * where the partitioning of the records that reach a stateful stage does not guarantee that, the plan is cut in front
 * of the stage. Stateless stages run wherever their records are, if need be in several parts.
 */
export const cutPlan = (input: CutInput): CutResult => {
  const cuts: Cut[] = [];
  let restsOnSource = false;
  const arriving = new Map<number, Flow[]>();
  /** By graph index: the parts it runs in. */
  const placed = new Map<number, number[]>();
  const cutBefore = new Map<number, number>();

  const single = input.sourcePartitions === 1 || input.source.kind === 'inline';
  const sourceFlow: Flow = {
    part: 0,
    partitionedBy: input.isSourceMoved
      ? undefined
      : single
        ? []
        : input.source.kind === 'topic'
          ? input.source.partitionedBy
          : [],
  };
  const pass = (from: number, flows: readonly Flow[]): void => {
    for (const consumer of input.consumers[from] ?? [])
      arriving.set(consumer, [...(arriving.get(consumer) ?? []), ...flows]);
  };

  for (const index of input.order) {
    if (index === input.sourceIndex) {
      pass(index, [sourceFlow]);
      continue;
    }
    const stage = input.stages[index];
    if (stage === undefined) continue;
    const flows = mergeFlows(arriving.get(index) ?? []);
    let running = flows;
    if (stage.definition.kind === 'processor' && stage.definition.state !== undefined) {
      const key = stage.definition.state.keyFields(stage.config);
      const only = flows.length === 1 ? flows[0] : undefined;
      const kept = input.keptCuts.find(({ before }) => before === stage.instanceName);
      if (key !== undefined && (kept !== undefined || only === undefined || !keepsKeyWhole(only.partitionedBy, key))) {
        const cut = cuts.length;
        // One field that many keys share saves further cuts behind this one.
        const partitionedBy = kept?.partitionedBy ?? (key.includes('assetId') ? ['assetId'] : [...key]);
        cuts.push({ index: cut, before: stage.instanceName, partitionedBy });
        cutBefore.set(index, cut);
        running = [{ part: cut + 1, partitionedBy }];
      } else if (key !== undefined && only?.part === 0 && !single) restsOnSource = true;
    }
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

/** All records of a key are in one task when what decides the task is part of the key (or there is only one task). */
const keepsKeyWhole = (partitionedBy: KeyFields | undefined, key: KeyFields): boolean =>
  partitionedBy?.every((field) => key.includes(field)) ?? false;

/** A changed field no longer tells where the record came from. */
const afterChanges = (
  partitionedBy: KeyFields | undefined,
  changes: readonly string[] | 'any',
): KeyFields | undefined => {
  if (partitionedBy === undefined || partitionedBy.length === 0) return partitionedBy;
  return changes === 'any' || partitionedBy.some((field) => changes.includes(field)) ? undefined : partitionedBy;
};

/** Flows that meet in one part count as one; where they disagree, nothing is known. */
const mergeFlows = (flows: readonly Flow[]): Flow[] => {
  const byPart = new Map<number, Flow>();
  for (const flow of flows) {
    const known = byPart.get(flow.part);
    if (known === undefined) byPart.set(flow.part, flow);
    else if (known.partitionedBy?.join() !== flow.partitionedBy?.join())
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
  if (part === 0) return { index: part, stages, entry: routeOf(input.consumers[input.sourceIndex] ?? []) };
  const first = members.findIndex((index) => cutBefore.get(index) === part - 1);
  return { index: part, stages, entry: { stages: [first], cuts: [] } };
};
