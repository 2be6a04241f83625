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
  /** The source stages of the document, in its order; at least one. Each has a part of its own, the first of all parts. */
  readonly sources: readonly PlanSource[];
}

export interface PlanSource {
  readonly instanceName: string;
  readonly label: string;
  readonly spec: SourceSpec;
  /**
   * Present where the plan rests on a belief: that the topic, with so many partitions, is partitioned by `assetId`.
   * To be checked on the records that come.
   */
  readonly check?: { readonly partitions: number };
  readonly settings: StageSettings;
}

/** Where the records of a part come from: an index into the plan's `sources`, or into its `cuts`. */
export type PartInput =
  | {
      /** As of the source's `spec`. One that is a clock reads nothing, and is a stage of its part. */
      readonly kind: SourceSpec['kind'];
      readonly source: number;
    }
  | { readonly kind: 'cut'; readonly cut: number };

export interface PlanPart {
  /** Those of the sources come first, then those behind the cuts, both in their order: see `partOfCut`. */
  readonly index: number;
  readonly input: PartInput;
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

/** The source a part begins with; undefined behind a cut. */
export const sourceOf = ({ sources }: Plan, { input }: PlanPart): PlanSource | undefined =>
  input.kind === 'cut' ? undefined : sources[input.source];

/** Index of the part that reads what a cut writes. */
export const partOfCut = ({ sources }: Pick<Plan, 'sources'>, cut: number): number => sources.length + cut;

/** The topic a part reads; null where its records are in the document or made by a clock. `cuts`: topics by cut. */
export const inputTopicOf = (plan: Plan, part: PlanPart, cuts: readonly string[]): string | null => {
  if (part.input.kind === 'cut') return cuts[part.input.cut] ?? null;
  const spec = sourceOf(plan, part)?.spec;
  return spec?.kind === 'topic' ? spec.topic : null;
};

/** The parts that write to a cut. */
export const writersOf = (plan: Plan, cut: number): number[] =>
  plan.parts
    .filter(({ entry, stages }) => entry.cuts.includes(cut) || stages.some(({ route }) => route.cuts.includes(cut)))
    .map(({ index }) => index);
