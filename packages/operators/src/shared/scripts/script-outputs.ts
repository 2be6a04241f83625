import type { DataReference } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import type { Addressing } from '../points/addressing.ts';

interface Row {
  readonly inputPoint: string;
  readonly outputPoint: string;
}

/** What a script may write. */
export interface ScriptOutputs {
  /** The field by which it is known. */
  readonly idField: Addressing['idField'];
  /**
   * Model ids by point id; null by the id of a measurement, which is one whatever the model. Null altogether where any
   * record may be written.
   */
  readonly models: Readonly<Record<string, readonly string[] | null>> | null;
}

/** The points, or measurements, that the rows of a script's Input/Output table name; the input point is the output where none is given. */
export const scriptPoints = (
  of: Addressing,
  rows: readonly Row[],
): { readonly inputs: readonly DataReference[]; readonly outputs: readonly DataReference[] } => ({
  inputs: rows.map((row) => of.referenceOf(row.inputPoint)),
  outputs: rows.map((row) => of.referenceOf(row.outputPoint === '' ? row.inputPoint : row.outputPoint)),
});

/** What the script may write by these rows. */
export const scriptOutputs = (of: Addressing, rows: readonly Row[]): ScriptOutputs => {
  if (rows.length === 0) return { idField: of.idField, models: null };
  const models = new Map<string, readonly string[] | null>();
  for (const output of scriptPoints(of, rows).outputs)
    if ('measurementId' in output) models.set(output.measurementId, null);
    else models.set(output.pointId, [...(models.get(output.pointId) ?? []), output.modelId]);
  return { idField: of.idField, models: Object.fromEntries(models) };
};

/** Whether a record is of one of the output points: its point, and its model or one that this inherits from. */
export const fitsOutputs = ({ idField, models: known }: ScriptOutputs, record: JsonObject): boolean => {
  if (known === null) return true;
  const { modelId, modelIdPath, [idField]: id } = record;
  const models = typeof id === 'string' && Object.hasOwn(known, id) ? known[id] : undefined;
  if (models === undefined || models === null) return models === null;
  const inherited = typeof modelIdPath === 'string' ? modelIdPath.split('/') : [];
  return models.some((model) => model === modelId || inherited.includes(model));
};
