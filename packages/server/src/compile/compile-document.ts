import {
  claimsOf,
  compilePlan,
  inspectAll,
  lineageOf,
  type OperatorRegistry,
  type Plan,
  type SourceSpec,
  sourceOf,
} from '@penstock/engine';
import {
  hasErrors,
  type Issue,
  type JsonObject,
  pointer,
  readPipelineDocument,
  type StageDocument,
} from '@penstock/model';
import { compileTemplate, ORIGIN_TEMPLATE, templates } from '@penstock/operators';
import { libraryIssues } from '../libraries/library-issues.ts';
import type { CompileFacts, CompileOutcome, Compiler, PlanOutline } from './compiler.ts';

/**
 * The very plan a worker would run, its shape, and everything that is wrong. `onInspect` is called before operators are
 * asked for what takes them long to find out.
 */
export const compileDocument = async (
  known: OperatorRegistry,
  document: JsonObject,
  { templateType = ORIGIN_TEMPLATE, timeZone, ...facts }: CompileFacts,
  onInspect: () => void = () => undefined,
): Promise<CompileOutcome> => {
  if (templateType === ORIGIN_TEMPLATE) return compileStages(known, document, facts, onInspect);
  const template = compileTemplate(templates, templateType, document, timeZone === undefined ? {} : { timeZone });
  if (template.document === undefined) return { issues: template.issues, lineage: { inputs: [], outputs: [] } };
  // What a template is made of belongs to it: no library has to be installed for that.
  const { libraries: _, ...own } = facts;
  const outcome = await compileStages(known, template.document, own, onInspect);
  return {
    ...outcome,
    issues: [...template.issues, ...outcome.issues.map(template.placed)],
    document: template.document,
    templatePoints: template.points,
  };
};

const compileStages = async (
  known: OperatorRegistry,
  document: JsonObject,
  { runsEverySource, isReleased = false, libraries, ...facts }: Omit<CompileFacts, 'templateType' | 'timeZone'>,
  onInspect: () => void,
): Promise<CompileOutcome> => {
  const registry = known.of?.(facts) ?? known;
  const { plan, flows, issues, inspections } = compilePlan(document, { registry, facts });
  const all = runsEverySource ? [...issues] : [...issues, ...standaloneOnly(document, registry)];
  if (libraries !== undefined) all.push(...libraryIssues(registry, document, libraries));
  if (!isReleased && inspections.length > 0) {
    onInspect();
    all.push(...(await inspectAll({ inspections })));
  }
  const lineage = lineageOf(document, { registry, facts });
  if (plan === undefined || hasErrors(all)) return { issues: all, lineage };
  const sourceTopics = plan.sources.flatMap(({ spec }) => (spec.kind === 'topic' ? [spec.topic] : []));
  return {
    issues: all,
    lineage,
    outline: outlineOf(plan),
    claims: claimsOf(plan),
    sourceTopics,
    ...(flows === undefined ? {} : { flows }),
  };
};

/** On the caller's own thread, without a limit: for tests, and for the thread that has one. */
export const createInlineCompiler = (registry: OperatorRegistry): Compiler => ({
  compile: async (document, facts) => compileDocument(registry, document, facts),
});

const outlineOf = (plan: Plan): PlanOutline => ({
  sources: plan.sources.map(({ instanceName, spec }) => ({
    stage: instanceName,
    topic: spec.kind === 'topic' ? spec.topic : null,
  })),
  parts: plan.parts.map((part) => ({
    part: part.index,
    source: part.input.kind === 'cut' ? `cut ${part.input.cut}` : sourceNameOf(sourceOf(plan, part)?.spec),
    stages: part.stages.map((stage) => stage.instanceName),
  })),
  cuts: plan.cuts.map(({ index, before, partitionedBy }) => ({ index, before, partitionedBy: [...partitionedBy] })),
});

const sourceNameOf = (spec: SourceSpec | undefined): string =>
  spec?.kind === 'topic' ? spec.topic : (spec?.kind ?? '');

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

export const stagesOf = (document: JsonObject): readonly StageDocument[] =>
  readPipelineDocument(document).document?.stages ?? [];
