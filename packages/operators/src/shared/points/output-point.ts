import type { PointReference, StreamRecord } from '@penstock/engine';
import type { OutputName } from './addressing.ts';

/** Where the output point is of the model the row takes its input from, records keep their own model. */
export const outputPointOf = (input: PointReference, output: PointReference): OutputName => ({
  id: output.pointId,
  modelId: output.modelId === input.modelId ? undefined : output.modelId,
});

/**
 * The model path of a record that moves to another model. Where that model is an ancestor in the path, the path ends
 * there; otherwise the path is not known to us and holds the model alone, which is what matching needs.
 */
export const pathToModel = (path: string | undefined, modelId: string): string => {
  const segments = path?.split('/') ?? [];
  const at = segments.indexOf(modelId);
  return at < 0 ? `/${modelId}` : segments.slice(0, at + 1).join('/');
};

/** Gives the record the output point: `pointId`, and the model with its path where that is another (contract E.0). */
export const applyOutputPoint = (record: StreamRecord, output: OutputName): void => {
  if (record.pointId !== output.id) record.set('pointId', output.id);
  if (output.modelId !== undefined) {
    record.set('modelIdPath', pathToModel(record.modelIdPath, output.modelId));
    record.set('modelId', output.modelId);
  }
};

/** Point fields that a table of rows may change in a record. */
export const changedPointFields = (
  rows: readonly { readonly inputPoint: string; readonly outputPoint: string }[],
): string[] => (rows.every((row) => row.inputPoint === row.outputPoint) ? [] : ['pointId', 'modelId', 'modelIdPath']);
