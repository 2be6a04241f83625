import {
  DeliveryGuarantee,
  hasErrors,
  type Issue,
  type PipelineOptions,
  pipelineOptions,
  pointer,
  readPipelineDocument,
  type StageDocument,
} from '@penstock/model';
import type { OperatorDefinition, PipelineFacts, SourceSpec, TargetPort } from '../operator/index.ts';
import { readStageSettings, type StageSettings } from '../stage-settings.ts';
import { configPointer } from './config-pointer.ts';
import { connectionIssues } from './connection-uses.ts';
import { findTopicLoops, followTopics } from './find-topic-loops.ts';
import { buildGraph, type Graph } from './graph.ts';
import { keyPartProblem } from './key-terms.ts';
import { type PipelineFlows, pipelineFlowsOf } from './pipeline-flows.ts';
import type { OperatorRegistry } from './registry.ts';
import { type Inspection, validateStageConfig } from './validate-stage-config.ts';

export interface CheckOptions {
  readonly registry: OperatorRegistry;
  readonly facts: PipelineFacts;
}

/** A stage whose configuration is valid, with what it reads or writes. */
export interface CheckedStage {
  readonly instanceName: string;
  readonly label: string;
  /** JSON Pointer of the stage in the document. */
  readonly pointer: string;
  readonly definition: OperatorDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  readonly settings: StageSettings;
  /** Names of its output lanes. */
  readonly lanes: readonly string[];
  readonly source?: SourceSpec;
  readonly target?: TargetPort;
}

/** A document that can be run: its stages and how they are wired, before it is known into which parts it is cut. */
export interface CheckedPipeline {
  readonly facts: PipelineFacts;
  readonly options: PipelineOptions;
  readonly stages: readonly CheckedStage[];
  readonly graph: Graph;
  /** The data sources, in the order of the document. */
  readonly sources: readonly CheckedSource[];
  readonly flows: PipelineFlows;
}

export interface CheckedSource {
  /** Index in `stages`. */
  readonly index: number;
  readonly spec: SourceSpec;
}

export interface Checked {
  /** Present when no issue is an error. */
  readonly pipeline?: CheckedPipeline;
  /** Everything that is wrong or worth knowing, not just the first; paths point into the document. */
  readonly issues: readonly Issue[];
  /** What operators have to say beyond that and takes a while to find out: for `inspectAll`. */
  readonly inspections: readonly Inspection[];
}

/** Issues of inspections, one after the other. */
export const inspectAll = async ({ inspections }: Pick<Checked, 'inspections'>): Promise<readonly Issue[]> => {
  const issues: Issue[] = [];
  for (const inspection of inspections) issues.push(...(await inspection()));
  return issues;
};

/** Reads a pipeline document (contract D), resolves its stages and checks all of it. Pure. */
export const checkPipeline = (json: unknown, { registry, facts }: CheckOptions): Checked => {
  const options = { registry: registry.of?.(facts) ?? registry, facts };
  const { document, issues: documentIssues } = readPipelineDocument(json);
  if (document === undefined) return { issues: documentIssues, inspections: [] };
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
  const known = resolved.filter((stage) => stage !== undefined);
  const inspections = known.flatMap(({ inspection }) => inspection ?? []);
  if (known.length < resolved.length || known.length === 0) return { issues, inspections };

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
  if (hasErrors(issues)) return { issues, inspections };

  const stages = known.map((stage) => checkedStage(stage, options.facts));
  const sources = stages.flatMap(({ source }, index) => (source === undefined ? [] : [{ index, spec: source }]));
  issues.push(...sharedTopics(stages));
  if (hasErrors(issues)) return { issues, inspections };
  const withTopics = stages.map(withTopic);
  const written = followTopics(withTopics, graph.order, graph.consumers);
  issues.push(...findTopicLoops(withTopics, written));
  if (read.options.deliveryGuarantee === DeliveryGuarantee.ExactlyOnce) issues.push(...stages.flatMap(weakerPromise));
  const pipeline: CheckedPipeline = {
    facts: options.facts,
    options: read.options,
    stages,
    graph,
    sources,
    flows: pipelineFlowsOf(withTopics, written),
  };
  return { issues, inspections, pipeline };
};

interface ResolvedStage {
  readonly stage: StageDocument;
  readonly definition: OperatorDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  readonly settings: StageSettings;
  readonly inspection: Inspection | undefined;
}

const resolveStage = (stage: StageDocument, options: CheckOptions, issues: Issue[]): ResolvedStage | undefined => {
  const definition = options.registry.resolve(stage);
  if (definition === undefined) {
    issues.push({
      code: 'STAGE_OPERATOR_UNKNOWN',
      severity: 'error',
      path: stage.pointer + pointer('stageName'),
      stage: stage.instanceName,
      message: `"${stage.instanceName}" is a "${stage.stageName || stage.label}"${stage.library === '' ? '' : ` of the library "${stage.library}"`}, which no installed operator library has. Install the library that has it, or replace the stage by an operator listed under /api/v1/operators.`,
    });
    return undefined;
  }
  const remark = options.registry.remark?.(stage);
  if (remark !== undefined)
    issues.push({
      code: 'STAGE_OPERATOR_GUESSED',
      severity: 'warning',
      path: stage.pointer + pointer('stageName'),
      stage: stage.instanceName,
      message: remark,
    });
  const validated = validateStageConfig(definition, stage, options.facts);
  const settings = readStageSettings(stage);
  issues.push(...validated.issues, ...settings.issues);
  if (!hasErrors(validated.issues))
    issues.push(
      ...laneIssues(stage, definition, validated.config),
      ...keyIssues(stage, definition, validated.config),
      ...connectionIssues(definition, validated.config, options.facts).map((issue) => ({
        ...issue,
        path: configPointer(stage, issue.path),
        stage: stage.instanceName,
      })),
    );
  const { config, inspection } = validated;
  return { stage, definition, config, settings: settings.settings, inspection };
};

/** What the operator has to say of the lanes its stage was given. */
const laneIssues = (
  stage: StageDocument,
  definition: OperatorDefinition,
  config: Readonly<Record<string, unknown>>,
): Issue[] => {
  const found =
    (definition.kind === 'processor' ? definition.checkLanes?.(config, stage.outputLanes) : undefined) ?? [];
  return found.map((issue) => ({ ...issue, path: configPointer(stage, issue.path), stage: stage.instanceName }));
};

/** Keys that operators take from their configuration without having checked them. */
const keyIssues = (
  { instanceName, pointer: path }: StageDocument,
  definition: OperatorDefinition,
  config: Readonly<Record<string, unknown>>,
): Issue[] => {
  const key = definition.kind === 'processor' ? definition.requires?.(config) : undefined;
  if (key?.kind !== 'parts') return [];
  return key.parts.flatMap((part): Issue[] => {
    const problem = keyPartProblem(part);
    if (problem === undefined) return [];
    const message = `Records cannot be brought together by "${part}". ${problem}`;
    return [{ code: 'STAGE_KEY_NOT_VALID', severity: 'error', path, stage: instanceName, message }];
  });
};

const checkedStage = ({ stage, definition, config, settings }: ResolvedStage, facts: PipelineFacts): CheckedStage => ({
  instanceName: stage.instanceName,
  label: stage.label,
  pointer: stage.pointer,
  definition,
  config,
  settings,
  lanes: stage.outputLanes,
  ...(definition.kind === 'source' ? { source: definition.source(config, facts) } : {}),
  ...(definition.kind === 'target' ? { target: definition.target(config, facts) } : {}),
});

/** Positions are kept by topic and partition: a topic can be read once. */
const sharedTopics = (stages: readonly CheckedStage[]): Issue[] => {
  const readers = new Map<string, CheckedStage>();
  return stages.flatMap((stage): Issue[] => {
    const { source, instanceName } = stage;
    if (source?.kind !== 'topic') return [];
    const other = readers.get(source.topic);
    if (other === undefined) {
      readers.set(source.topic, stage);
      return [];
    }
    return [
      {
        code: 'SOURCE_TOPIC_DUPLICATE',
        severity: 'error',
        path: stage.pointer,
        stage: instanceName,
        message: `"${instanceName}" reads topic "${source.topic}", which "${other.instanceName}" reads already. Connect its output to what "${instanceName}" leads to as well, and remove "${instanceName}".`,
      },
    ];
  });
};

/** What a destination cannot keep of the guarantee that the pipeline is to give. */
const weakerPromise = ({ target, instanceName, label, pointer: at }: CheckedStage): Issue[] =>
  target?.promise === 'at-least-once'
    ? [
        {
          code: 'TARGET_PROMISE_WEAKER',
          severity: 'warning',
          path: at,
          stage: instanceName,
          message: `The pipeline is to deliver exactly once, and "${label || instanceName}" can only promise at least once: after a crash it may hold some records twice.`,
        },
      ]
    : [];

const withTopic = (stage: CheckedStage): CheckedStage & { readonly topic: string | undefined } => {
  const { source, target } = stage;
  const topic = source === undefined ? target?.topics[0]?.topic : source.kind === 'topic' ? source.topic : undefined;
  return { ...stage, topic };
};
