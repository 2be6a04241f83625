import type { PointReference } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import { optionIssue } from '../config/option-issue.ts';

/** In the place of a model: whichever model a record has. The forms of templates may name points without one. */
export const ANY_MODEL = '*';

/** Reads `{modelId}::{pointId}`. Point ids may contain dots and single colons; undefined where it is none. */
export const parsePointReference = (text: string): PointReference | undefined => {
  const at = text.indexOf('::');
  if (at <= 0) return undefined;
  const modelId = text.slice(0, at).trim();
  const pointId = text.slice(at + 2).trim();
  return modelId === '' || pointId === '' || modelId.includes('/') ? undefined : { modelId, pointId };
};

/** For configurations that have been checked. */
export const pointReferenceOf = (text: string): PointReference => {
  const point = parsePointReference(text);
  if (point === undefined) throw new Error(`"${text}" is not a point reference and should not have passed validation`);
  return point;
};

/** Whether a record, or an asset, is of a model or of one that inherits from it (contract E.0). */
export const isOfModel = (
  { modelId, modelIdPath }: { readonly modelId: string | undefined; readonly modelIdPath: string | undefined },
  wanted: string,
): boolean => modelId === wanted || wanted === ANY_MODEL || modelIdPath?.split('/').includes(wanted) === true;

/** Issues of the point columns of an Input/Output table. Columns that are absent or empty are not looked at. */
export const checkPointColumns = (
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
): Issue[] =>
  rows.flatMap((row, index) =>
    columns.flatMap((column) => {
      const value = row[column];
      if (typeof value !== 'string' || value === '' || parsePointReference(value) !== undefined) return [];
      return [
        optionIssue(
          `/inputOutput/${index}/${column}`,
          `"${value}" is not a point. Write the model's id, two colons and the point's id: turbine::power.`,
        ),
      ];
    }),
  );
