import { type Compiled, compilePlan, type OperatorRegistry, type PipelineFacts } from '@penstock/engine';
import { type Issue, type JsonObject, pointer, readPipelineDocument, type StageDocument } from '@penstock/model';
import type { FindStageState } from '../use-case/stage-state-view.ts';
import type { CompileCheck } from '../use-case/use-case.ts';

/** Compiles a document: the engine alone, or with rules of the service added (which topics it may use). */
export type Compile = (document: JsonObject, registry: OperatorRegistry, facts: PipelineFacts) => Compiled;

const byEngine: Compile = (document, registry, facts) => compilePlan(document, { registry, facts });

/** A compiler as the check of a start: the very plan a worker would run. */
export const createCompileCheck =
  (registry: OperatorRegistry, compile: Compile = byEngine): CompileCheck =>
  (document, { mode, ...facts }) => {
    const { plan, issues } = compile(document, registry, facts);
    const all = mode?.runsEverySource === false ? [...issues, ...standaloneOnly(document, registry)] : issues;
    return plan?.source.spec.kind === 'topic' ? { issues: all, sourceTopic: plan.source.spec.topic } : { issues: all };
  };

/** Sources that Spark cannot cut into ranges. */
const standaloneOnly = (document: JsonObject, registry: OperatorRegistry): Issue[] =>
  stagesOf(document).flatMap((stage) => {
    const definition = registry.resolve(stage);
    if (definition?.kind !== 'source' || definition.cluster) return [];
    return [
      {
        code: 'STAGE_NOT_IN_CLUSTER',
        severity: 'error' as const,
        path: stage.pointer + pointer('stageName'),
        stage: stage.instanceName,
        message: `"${definition.label}" runs in Standalone Mode only. Start with executionMode 0, or use another source.`,
      },
    ];
  });

const stagesOf = (document: JsonObject): readonly StageDocument[] =>
  readPipelineDocument(document).document?.stages ?? [];

/** State as the operator of the stage shows it. */
export const createFindStageState =
  (registry: OperatorRegistry): FindStageState =>
  (document, stageInstanceName) => {
    const stage = stagesOf(document).find(({ instanceName }) => instanceName === stageInstanceName);
    if (stage === undefined) return 'stage-unknown';
    const definition = registry.resolve(stage);
    if (definition?.kind !== 'processor' || definition.state?.toItem === undefined) return 'no-state';
    const { decode, toItem } = definition.state;
    return { toItem: (stored, assetId, pointId) => toItem(decode(stored), assetId, pointId) };
  };
