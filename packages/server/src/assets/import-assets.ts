import type { JsonValue } from '@penstock/model';
import { type AssetDeps, type ChangeOutcome, changeAssets, refuseProblems } from './change-assets.ts';
import type { CsvKind } from './imports/csv-columns.ts';
import { readCsvAssets } from './imports/read-csv.ts';
import { readJsonAssets } from './imports/read-json.ts';
import { Problems } from './shapes/problems.ts';

/** A file as it came, and what its rows are where it does not say so itself. */
export type AssetFile =
  | { readonly form: 'json'; readonly value: JsonValue }
  | { readonly form: 'csv'; readonly text: string; readonly kind: CsvKind };

export interface AssetImport {
  readonly orgId: string;
  readonly actor: string;
  readonly file: AssetFile;
  readonly dryRun: boolean;
}

/**
 * Takes in a file, all of it or nothing. The file is read to its end first: what is wrong with its form is told as a
 * whole, then what is wrong with it in this store. Errors: those of `changeAssets`.
 */
export const importAssets = async (deps: AssetDeps, request: AssetImport): Promise<ChangeOutcome> => {
  const { orgId, actor, file, dryRun } = request;
  const problems = new Problems();
  const patch =
    file.form === 'json' ? readJsonAssets(file.value, problems) : readCsvAssets(file.text, file.kind, problems);
  refuseProblems(problems);
  return changeAssets(deps, { orgId, actor, patch, action: 'assets.import', target: file.form, dryRun });
};
