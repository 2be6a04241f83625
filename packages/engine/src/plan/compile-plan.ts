import {
  hasErrors,
  type Issue,
  pipelineOptions,
  pointer,
  readPipelineDocument,
  type StageDocument,
} from '@penstock/model';
import type { OperatorDefinition, PipelineFacts, SourceSpec } from '../operator/index.ts';
import { readStageSettings, type StageSettings } from '../stage-settings.ts';
import { type CompiledStage, cutPlan } from './cut-plan.ts';
import { findTopicLoops } from './find-topic-loops.ts';
import { buildGraph } from './graph.ts';
import type { Plan } from './plan.ts';
import type { OperatorRegistry } from './registry.ts';
import { validateStageConfig } from './validate-stage-config.ts';

export interface CompileOptions {
  readonly registry: OperatorRegistry;
  readonly facts: PipelineFacts;
  /** Partitions of the source topic; undefined: not known, taken as more than one. */
  readonly sourcePartitions?: number;
  /** Records have shown that the source is not partitioned as it was believed to be: then that is not known. */
  readonly isPartitioningRefuted?: boolean;
}

export interface Compiled {
  /** Present when no issue is an error. */
  readonly plan?: Plan;
  /** Everything that is wrong or worth knowing, not just the first; paths point into the document. */
  readonly issues: readonly Issue[];
}

interface Resolved {
  readonly stage: StageDocument;
  readonly definition: OperatorDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  readonly settings: StageSettings;
}

/** Compiles a pipeline document (contract D) to a plan. Pure: the same document and options give the same plan. */
export const compilePlan = (json: unknown, options: CompileOptions): Compiled => {
  const { document, issues: documentIssues } = readPipelineDocument(json);
  if (document === undefined) return { issues: documentIssues };
  const issues: Issue[] = [...documentIssues];
  const stagesPointer = `${document.configPointer}/stages`;
  if (document.stages.length === 0)
    issues.push({
      code: 'DOCUMENT_STAGES_MISSING',
      severity: 'error',
      path: stagesPointer,
      message: 'The pipeline has no stages. Add a data source, processors and a destination.',
    });

  const read = pipelineOptions(document);
  issues.push(...read.issues);
  const resolved = document.stages.map((stage) => resolveStage(stage, options, issues));
  if (resolved.some((stage) => stage === undefined) || document.stages.length === 0) return { issues };

  const known = resolved as Resolved[];
  const graph = buildGraph(
    known.map(({ stage, definition }) => ({
      instanceName: stage.instanceName,
      kind: definition.kind,
      inputLanes: stage.inputLanes,
      outputLanes: stage.outputLanes,
      pointer: stage.pointer,
    })),
    stagesPointer,
  );
  issues.push(...graph.issues);
  if (hasErrors(issues)) return { issues };

  const sourceIndex = known.findIndex(({ definition }) => definition.kind === 'source');
  const source = known[sourceIndex];
  if (source === undefined || source.definition.kind !== 'source') return { issues };
  const spec = asKnown(source.definition.source(source.config, options.facts), options);
  issues.push(
    ...findTopicLoops(
      known.map((stage) => ({
        ...stage,
        instanceName: stage.stage.instanceName,
        pointer: stage.stage.pointer,
        topic: topicOf(stage, options.facts),
      })),
      graph.order,
      graph.consumers,
    ),
  );
  const { parts, cuts, restsOnSource } = cutPlan({
    facts: options.facts,
    source: spec,
    sourceIndex,
    stages: known.map(compiledStage),
    order: graph.order,
    consumers: graph.consumers,
    sourcePartitions: options.sourcePartitions,
  });
  return {
    issues,
    plan: {
      facts: options.facts,
      deliveryGuarantee: read.options.deliveryGuarantee,
      commitIntervalMs: read.options.commitIntervalMs,
      source: {
        instanceName: source.stage.instanceName,
        label: source.stage.label,
        spec,
        settings: source.settings,
        ...(isBelief(spec) && restsOnSource && options.sourcePartitions !== undefined
          ? { check: { partitions: options.sourcePartitions } }
          : {}),
      },
      parts,
      cuts,
    },
  };
};

const isBelief = (spec: SourceSpec): boolean => spec.kind === 'topic' && spec.isPartitioningBelieved === true;

const asKnown = (spec: SourceSpec, { isPartitioningRefuted }: CompileOptions): SourceSpec =>
  spec.kind === 'topic' && isBelief(spec) && isPartitioningRefuted === true
    ? { ...spec, partitionedBy: undefined, isPartitioningBelieved: false }
    : spec;

/** The topic a source reads or a target writes. */
const topicOf = ({ definition, config }: Resolved, facts: PipelineFacts): string | undefined => {
  if (definition.kind === 'processor') return undefined;
  const spec = definition.kind === 'source' ? definition.source(config, facts) : definition.target(config, facts);
  return spec.kind === 'topic' ? spec.topic : undefined;
};

const compiledStage = ({ stage, definition, config, settings }: Resolved): CompiledStage | undefined =>
  definition.kind === 'source'
    ? undefined
    : { instanceName: stage.instanceName, label: stage.label, definition, config, settings };

const resolveStage = (stage: StageDocument, options: CompileOptions, issues: Issue[]): Resolved | undefined => {
  const definition = options.registry.resolve({
    stageName: stage.stageName,
    library: stage.library,
    stageVersion: stage.stageVersion,
    label: stage.label,
    instanceName: stage.instanceName,
  });
  if (definition === undefined) {
    issues.push({
      code: 'STAGE_OPERATOR_UNKNOWN',
      severity: 'error',
      path: stage.pointer + pointer('stageName'),
      stage: stage.instanceName,
      message: `"${stage.instanceName}" is a "${stage.stageName || stage.label}", which no installed operator library has. Replace the stage by an operator listed under /api/v1/operators.`,
    });
    return undefined;
  }
  const validated = validateStageConfig(definition, stage, options.facts);
  const settings = readStageSettings(stage);
  issues.push(...validated.issues, ...settings.issues);
  return { stage, definition, config: validated.config, settings: settings.settings };
};
