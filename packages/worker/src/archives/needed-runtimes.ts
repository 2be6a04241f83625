import type { Runtime } from '@penstock/engine';
import { type JsonObject, readPipelineDocument } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';

const registry = createRegistry(operators);

/** What the stages of a document need beside the worker's own program, by their operators alone. */
export const neededRuntimes = (document: JsonObject): readonly Runtime[] => {
  const stages = readPipelineDocument(document).document?.stages ?? [];
  return [...new Set(stages.flatMap((stage) => registry.resolve(stage)?.runtimes ?? []))];
};
