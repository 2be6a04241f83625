import type { DeliveryGuarantee } from '@penstock/model';
import type {
  DefinedBatch,
  PipelineFacts,
  ProcessorDefinition,
  SourceSpec,
  TargetDefinition,
  TargetPort,
} from '../operator/index.ts';
import type { StageSettings } from '../stage-settings.ts';
import type { TimeOptions } from '../time/event-time.ts';
import type { KeyTerms } from './key-terms.ts';

/**
 * What a document compiles to: parts, each a graph of stages that one task runs for one partition. Parts are linked by
 * cuts: topics of the plan's own through which records of one key reach one task.
 */
export interface Plan {
  readonly facts: PipelineFacts;
  readonly deliveryGuarantee: DeliveryGuarantee;
  /** How often a task ends its transaction, in ms. */
  readonly commitIntervalMs: number;
  readonly time: TimeOptions;
  readonly parts: readonly PlanPart[];
  readonly cuts: readonly Cut[];
  /** The source stage of the document; it runs in part 0. One that is a clock is a stage of that part, too. */
  readonly source: {
    readonly instanceName: string;
    readonly label: string;
    readonly spec: SourceSpec;
    /**
     * Present where the plan rests on a belief: that the topic, with so many partitions, is partitioned by `assetId`.
     * To be checked on the records that come.
     */
    readonly check?: { readonly partitions: number };
    readonly settings: StageSettings;
  };
}

export interface PlanPart {
  /** 0 reads the source, if it is one that is read; part n > 0 reads what cut n - 1 writes. */
  readonly index: number;
  /** In topological order. */
  readonly stages: readonly PlanStage[];
  /** Where the part's input goes: indexes into `stages`, and cuts. Nowhere where it has none. */
  readonly entry: Route;
  /** Present where a stage of the part works on batches: its input is worked off a batch at a time. */
  readonly batch?: DefinedBatch;
}

/** Where the output of a stage goes. More than one destination means that records are copied. */
export interface Route {
  /** Indexes into the part's `stages`. */
  readonly stages: readonly number[];
  /** Indexes into the plan's `cuts`. */
  readonly cuts: readonly number[];
}

export interface PlanStage {
  readonly instanceName: string;
  readonly label: string;
  readonly definition: ProcessorDefinition | TargetDefinition;
  /** Validated, with defaults. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly settings: StageSettings;
  /** The target of a target stage, resolved once. */
  readonly target?: TargetPort;
  /** Names of its output lanes. */
  readonly lanes: readonly string[];
  /** Where its output goes, over all lanes. */
  readonly route: Route;
  /** The same lane by lane. */
  readonly laneRoutes: readonly Route[];
}

export interface Cut {
  readonly index: number;
  /** The stage the plan was cut in front of. */
  readonly before: string;
  /** By what the cut's topic is partitioned. */
  readonly partitionedBy: KeyTerms;
}

/** The parts that write to a cut. */
export const writersOf = (plan: Plan, cut: number): number[] =>
  plan.parts
    .filter(({ entry, stages }) => entry.cuts.includes(cut) || stages.some(({ route }) => route.cuts.includes(cut)))
    .map(({ index }) => index);
