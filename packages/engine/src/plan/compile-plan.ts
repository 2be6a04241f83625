import { AppError, type Issue, type KeptCut } from '@penstock/model';
import type { SourceSpec } from '../operator/index.ts';
import {
  type Checked,
  type CheckedPipeline,
  type CheckedStage,
  type CheckOptions,
  checkPipeline,
} from './check-pipeline.ts';
import { type CompiledStage, type CutSource, cutPlan } from './cut-plan.ts';
import type { PipelineFlows } from './pipeline-flows.ts';
import type { Plan } from './plan.ts';
import { findBatchProblems } from './plan-batches.ts';
import { findStoreProblems, type StageProblem } from './plan-stores.ts';

/** What is known of a source's topic when a plan is made. */
export interface SourceFacts {
  /** Partitions of the source topic, or tasks of a clock; undefined: not known, taken as more than one. */
  readonly sourcePartitions?: number;
  /** Records have shown that the source is not partitioned as it was believed to be: then that is not known. */
  readonly isPartitioningRefuted?: boolean;
  /** Takes the source's partitioning for unknown, whatever it says of itself: state was kept by another one. */
  readonly isSourceMoved?: boolean;
}

/** What is known beside the document when a plan is made: of its first source, and more. */
export interface PlanFacts extends SourceFacts {
  /** Of the sources behind the first, in their order. */
  readonly otherSources?: readonly SourceFacts[];
  /** Cuts to be made whether or not they are needed: state lies by how they distribute records. */
  readonly keptCuts?: readonly KeptCut[];
}

export interface CompileOptions extends CheckOptions, PlanFacts {}

/** What is known of each of so many sources, in the order of a plan. */
export const sourceFactsOf = (known: PlanFacts, sources: number): readonly SourceFacts[] =>
  Array.from({ length: sources }, (_, index) => (index === 0 ? known : (known.otherSources?.[index - 1] ?? {})));

export interface Compiled {
  /** Present when no issue is an error. */
  readonly plan?: Plan;
  /** Everything that is wrong or worth knowing, not just the first; paths point into the document. */
  readonly issues: readonly Issue[];
  /** What takes a while to find out: for `inspectAll`. */
  readonly inspections: Checked['inspections'];
  /** Present where there is a plan. */
  readonly flows?: PipelineFlows;
}

/** Compiles a pipeline document (contract D) to a plan. Pure: the same document and options give the same plan. */
export const compilePlan = (json: unknown, options: CompileOptions): Compiled => {
  const { pipeline, issues, inspections } = checkPipeline(json, options);
  if (pipeline === undefined) return { issues, inspections };
  const plan = cutPipeline(pipeline, options);
  const problems = problemsOf(plan).map(({ code, stage, message }): Issue => {
    const path = pipeline.stages.find(({ instanceName }) => instanceName === stage)?.pointer ?? '';
    return { code, severity: 'error', path, stage, message };
  });
  return problems.length > 0
    ? { issues: [...issues, ...problems], inspections }
    : { issues, inspections, plan, flows: pipeline.flows };
};

/**
 * Cuts a checked pipeline into the parts that tasks run, by what is known of its sources. Errors: `PLAN_STORE_SPLIT`,
 * where it does not bring together what shares a store; `PLAN_BATCH_SPLIT`, where it takes a batch apart.
 */
export const planPipeline = (pipeline: CheckedPipeline, known: PlanFacts): Plan => {
  const plan = cutPipeline(pipeline, known);
  const [problem] = problemsOf(plan);
  if (problem === undefined) return plan;
  throw new AppError(problem.code, problem.message, { domain: 'user', params: { stage: problem.stage } });
};

const problemsOf = (plan: Plan): (StageProblem & { readonly code: string })[] => [
  ...findStoreProblems(plan).map((problem) => ({ code: 'PLAN_STORE_SPLIT', ...problem })),
  ...findBatchProblems(plan).map((problem) => ({ code: 'PLAN_BATCH_SPLIT', ...problem })),
];

const cutPipeline = (pipeline: CheckedPipeline, known: PlanFacts): Plan => {
  const { facts, options, stages, graph } = pipeline;
  const factsOf = sourceFactsOf(known, pipeline.sources.length);
  const sources = pipeline.sources.map(({ index, spec }, source): CutSource => {
    const { sourcePartitions: partitions, isSourceMoved: isMoved = false, ...others } = factsOf[source] as SourceFacts;
    return { index, spec: asKnown(spec, others), partitions, isMoved };
  });
  const { parts, cuts, restsOn } = cutPlan({
    facts,
    sources,
    stages: stages.map(compiledStage),
    order: graph.order,
    consumers: graph.consumers,
    laneConsumers: graph.laneConsumers,
    keptCuts: known.keptCuts ?? [],
  });
  return {
    facts,
    deliveryGuarantee: options.deliveryGuarantee,
    commitIntervalMs: options.commitIntervalMs,
    time: { idleTimeoutMs: options.idleTimeoutMs, maxFutureMs: options.maxFutureMs },
    sources: sources.map(({ index, spec, partitions }, source) => {
      const { instanceName, label, settings } = stages[index] as CheckedStage;
      const isChecked = isBelief(spec) && restsOn.has(source) && partitions !== undefined;
      return { instanceName, label, spec, settings, ...(isChecked ? { check: { partitions } } : {}) };
    }),
    parts,
    cuts,
  };
};

const isBelief = (spec: SourceSpec): boolean => spec.kind === 'topic' && spec.isPartitioningBelieved === true;

const asKnown = (
  spec: SourceSpec,
  { isPartitioningRefuted }: Pick<SourceFacts, 'isPartitioningRefuted'>,
): SourceSpec =>
  spec.kind === 'topic' && isBelief(spec) && isPartitioningRefuted === true
    ? { ...spec, partitionedBy: undefined, isPartitioningBelieved: false }
    : spec;

const compiledStage = (stage: CheckedStage): CompiledStage | undefined => {
  const { definition, instanceName, label, config, settings, lanes, target } = stage;
  const about = { instanceName, label, config, settings, lanes };
  if (definition.kind === 'source')
    return stage.source?.kind === 'clock' ? { ...about, definition: stage.source.generator } : undefined;
  return { ...about, definition, ...(target === undefined ? {} : { target }) };
};
