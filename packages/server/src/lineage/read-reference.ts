import {
  isJsonObject,
  type JsonValue,
  LINEAGE,
  LINEAGE_VERSION,
  type ReferenceReplyDraft,
  type ReferenceRequest,
  readAssetSelection,
  SELECTED_ASSETS,
  SELECTED_ASSETS_VERSION,
} from '@penstock/model';
import { readSelectedAssets } from '../assets/read/read-selected-assets.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import { type LineageDeps, readLineage } from './read-lineage.ts';

/** For whom reference data is asked for. */
export interface ReferenceAsker {
  readonly orgId: string;
  readonly messageChannel: number;
}

/**
 * Reference data for a pipeline: all of it as it is now, or that it is still what the asker knows. Workers outlive the
 * service that has started them: a form that was ever given goes on being given. Errors: `REFERENCE_UNKNOWN`,
 * `MESSAGE_INVALID`, and those of the data.
 */
export const readReference = async (
  deps: LineageDeps,
  { orgId, messageChannel }: ReferenceAsker,
  { name, version, query, known }: ReferenceRequest,
): Promise<ReferenceReplyDraft> => {
  if (name === LINEAGE && version === LINEAGE_VERSION) return readLineage(deps, orgId, messageChannel, known);
  if (name === SELECTED_ASSETS && version === SELECTED_ASSETS_VERSION)
    return readSelectedAssets(deps.store.db, orgId, readAssetSelection(query), known);
  if (name === LINEAGE && version === 1) return pointsOnly(await readLineage(deps, orgId, messageChannel, known));
  throw new UseCaseError(
    'REFERENCE_UNKNOWN',
    'not-found',
    `This version of the service has no reference data "${name}" in version ${version}.`,
    { params: { name, version } },
  );
};

/** The first form: workers that read it take whatever is no point for damage. */
const pointsOnly = ({ data, ...reply }: ReferenceReplyDraft): ReferenceReplyDraft => {
  if (!isJsonObject(data)) return reply;
  const points = (names: JsonValue | undefined): JsonValue[] =>
    Array.isArray(names) ? names.filter((name) => typeof name === 'string' && name.includes('::')) : [];
  return { ...reply, data: { inputs: points(data.inputs), outputs: points(data.outputs) } };
};
