import { ownerText, parseStoreKey } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { findPipeline, findVersion, type PipelineRow, runningText } from '../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import type { StageStateView } from '../use-case/stage-state-view.ts';
import { fieldInvalid, type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

export interface StageStateRequest {
  readonly stageInstanceName: string;
  readonly assetIds: readonly string[];
  readonly pointIds: readonly string[];
}

/** Contract A.3: assets times points. */
export const MAX_STATE_KEYS = 100_000;

/**
 * Get Stage State (contract A.3): what was committed last, also while the pipeline runs. Errors: `PIPELINE_UNKNOWN`
 * (61106), `FIELD_INVALID` (61102), `STAGE_STATE_TOO_LARGE` (61105), `STAGE_TYPE_NOT_SUPPORTED` and
 * `STAGE_STATE_NOT_CURRENT` (61107),
 * `KAFKA_UNREACHABLE` (61199).
 */
export const getStageState = async (
  deps: UseCaseDeps,
  target: Target,
  request: StageStateRequest,
): Promise<readonly JsonObject[]> => {
  const pipeline = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  const view = await viewOf(deps, pipeline, request);
  const entries = await deps.stateStore.readState(pipeline.pipelineId, keyFilter(request, view));
  return entries.flatMap(({ key, value }) => {
    const parsed = parseStoreKey(key);
    if (parsed === undefined || value === null) return [];
    const item = view.toItem(parsed, JSON.parse(value) as JsonValue);
    return item === undefined ? [] : [item];
  });
};

/**
 * Delete Stage State (contract A.4): only while the pipeline is paused, since a running worker holds its state in
 * memory. Errors: as for get, and `PIPELINE_STATUS_FORBIDS` (61199).
 */
export const deleteStageState = async (
  deps: UseCaseDeps,
  target: Target,
  request: StageStateRequest,
): Promise<{ readonly deleted: number }> => {
  deps.assertOwnSite?.();
  const pipeline = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  const view = await viewOf(deps, pipeline, request);
  requirePaused(pipeline);
  const deleted = await deps.stateStore.deleteState(pipeline.pipelineId, keyFilter(request, view));
  return deps.store.db.transaction(async (tx) => {
    // Started meanwhile: the worker may have read the state before it was deleted, so nothing is promised.
    requirePaused(await findPipeline(tx, target.orgId, target.pipelineId, { lock: true }));
    const at = deps.clock.now();
    const { pipelineId } = target;
    await recordEvent(tx, {
      pipelineId,
      at,
      code: 'STAGE_STATE_DELETED',
      message: `${deleted} state entries of "${request.stageInstanceName}" were deleted.`,
      severity: 'info',
    });
    await recordAudit(tx, {
      at,
      orgId: target.orgId,
      actor: target.actor,
      action: 'stage-state.delete',
      target: pipelineId,
      detail: `${request.stageInstanceName}: ${deleted}`.replaceAll('\u0000', ''),
    });
    return { deleted };
  });
};

const requirePaused = ({ status }: PipelineRow): void => {
  if (status !== 'PAUSED')
    throw new UseCaseError(
      'PIPELINE_STATUS_FORBIDS',
      'conflict',
      `Stage state can be deleted only while the pipeline is paused; its status is ${status}.`,
      { params: { status, command: 'deleteStageState' } },
    );
};

/** The document that runs is the released one; before the first release there is no state and the draft has to do. */
const viewOf = async (
  deps: UseCaseDeps,
  pipeline: PipelineRow,
  request: StageStateRequest,
): Promise<StageStateView> => {
  if (request.assetIds.length * request.pointIds.length > MAX_STATE_KEYS)
    throw new UseCaseError(
      'STAGE_STATE_TOO_LARGE',
      'invalid',
      `${request.assetIds.length} assets times ${request.pointIds.length} points are more than ${MAX_STATE_KEYS}.`,
    );
  const version = await findVersion(deps.store.db, pipeline.pipelineId, pipeline.releasedNumber);
  const text = version === undefined ? pipeline.document : runningText(version);
  const document: JsonValue = text === null ? null : JSON.parse(text);
  const view = isJsonObject(document)
    ? await deps.findStageState(pipeline.orgId, document, request.stageInstanceName)
    : 'stage-unknown';
  if (view === 'stage-unknown')
    throw fieldInvalid('/stageInstanceName', 'The pipeline has no stage with this "stageInstanceName".');
  if (view === 'no-state')
    throw new UseCaseError(
      'STAGE_TYPE_NOT_SUPPORTED',
      'invalid',
      'This type of stage keeps no state that can be read.',
    );
  return view;
};

const keyFilter = (request: StageStateRequest, view: StageStateView): ((key: string) => boolean) => {
  const assets = new Set(request.assetIds);
  const points = new Set(request.pointIds);
  return (key) => {
    // As they stand in a key: most entries are those of others.
    if (!view.owners.some((owner) => key.includes(owner))) return false;
    const parsed = parseStoreKey(key);
    if (parsed === undefined || !view.owners.includes(ownerText(parsed.owner))) return false;
    const [assetId, pointId] = view.pointOf(parsed);
    return assets.has(assetId) && (pointId === '' || points.has(pointId));
  };
};
