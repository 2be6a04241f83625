import type { PointReference } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { pointReferenceOf } from '../points/point-reference.ts';

interface Row {
  readonly inputPoint: string;
  readonly outputPoint: string;
}

/** Model ids by point id that a script may write; null where any record may be written. */
export type ScriptOutputs = Readonly<Record<string, readonly string[]>> | null;

/** The points that the rows of a script's Input/Output table name; the input point is the output where none is given. */
export const scriptPoints = (
  rows: readonly Row[],
): { readonly inputs: readonly PointReference[]; readonly outputs: readonly PointReference[] } => ({
  inputs: rows.map((row) => pointReferenceOf(row.inputPoint)),
  outputs: rows.map((row) => pointReferenceOf(row.outputPoint === '' ? row.inputPoint : row.outputPoint)),
});

/** What the script may write by these rows. */
export const scriptOutputs = (rows: readonly Row[]): ScriptOutputs => {
  if (rows.length === 0) return null;
  const outputs = new Map<string, string[]>();
  for (const { modelId, pointId } of scriptPoints(rows).outputs)
    outputs.set(pointId, [...(outputs.get(pointId) ?? []), modelId]);
  return Object.fromEntries(outputs);
};

/** Whether a record is of one of the output points: its point, and its model or one that this inherits from. */
export const fitsOutputs = (outputs: ScriptOutputs, { pointId, modelId, modelIdPath }: JsonObject): boolean => {
  if (outputs === null) return true;
  const models = typeof pointId === 'string' && Object.hasOwn(outputs, pointId) ? outputs[pointId] : undefined;
  if (models === undefined) return false;
  const inherited = typeof modelIdPath === 'string' ? modelIdPath.split('/') : [];
  return models.some((model) => model === modelId || inherited.includes(model));
};
