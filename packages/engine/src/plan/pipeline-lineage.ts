import { hasErrors, readPipelineDocument } from '@penstock/model';
import { type DataReference, nameOfReference, type OperatorDefinition, type PipelineFacts } from '../operator/index.ts';
import type { CheckOptions } from './check-pipeline.ts';
import { validateStageConfig } from './validate-stage-config.ts';

/** Points as `{modelId}::{pointId}`, measurements of 0.4.0 by their id; each once, in the order of the document. */
export interface PipelineLineage {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Which points a pipeline reads and puts out, as its operators declare it (contract E.5): those of all stages together,
 * intermediate ones among them. A stage that nobody can make sense of has none; so a document that does not compile yet,
 * since an operator is not installed, still has the points of the others.
 */
export const lineageOf = (json: unknown, { registry, facts }: CheckOptions): PipelineLineage => {
  const known = registry.of?.(facts) ?? registry;
  const inputs = new Set<string>();
  const outputs = new Set<string>();
  for (const stage of readPipelineDocument(json).document?.stages ?? []) {
    const definition = known.resolve(stage);
    if (definition === undefined) continue;
    const validated = validateStageConfig(definition, stage, facts);
    if (hasErrors(validated.issues)) continue;
    const points = pointsOf(definition, validated.config, facts);
    for (const point of points?.inputs ?? []) inputs.add(nameOfReference(point));
    for (const point of points?.outputs ?? []) outputs.add(nameOfReference(point));
  }
  return { inputs: [...inputs], outputs: [...outputs] };
};

interface StagePoints {
  readonly inputs: readonly DataReference[];
  readonly outputs: readonly DataReference[];
}

/** In the place of a clock stands what makes its records. */
const pointsOf = (
  definition: OperatorDefinition,
  config: Readonly<Record<string, unknown>>,
  facts: PipelineFacts,
): StagePoints | undefined => {
  if (definition.kind === 'processor') return definition.lineage?.(config);
  if (definition.kind === 'target') return undefined;
  const spec = definition.source(config, facts);
  return spec.kind === 'clock' ? spec.generator.lineage?.(config) : undefined;
};
