import { isActive, isJsonObject, type JsonValue } from '@penstock/model';
import {
  findPipeline,
  findVersion,
  lockTarget,
  type PipelineRow,
  requireSeen,
  runningText,
  withNote,
} from '../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/**
 * Reset Pipeline Offset (contract A.12): past the backlog, so that the next start reads the newest data.
 * `when`: the contract wants the pipeline paused or stopped; it can be done whenever no run is under way, and has to be
 * where a start was refused because of the position. Errors: `PIPELINE_UNKNOWN`, `PIPELINE_STATUS_FORBIDS`,
 * `KAFKA_UNREACHABLE` (61168).
 */
export const resetOffset = async (
  deps: UseCaseDeps,
  target: Target,
  when: 'paused-or-stopped' | 'no-run' = 'paused-or-stopped',
): Promise<void> => {
  deps.assertOwnSite?.();
  const requireIdle = when === 'no-run' ? requireNoRun : requirePausedOrStopped;
  const pipeline = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  requireSeen(pipeline, target);
  requireIdle(pipeline);
  // A pipeline without a topic (Dev Raw Data Source) has no backlog to skip.
  const topics = await sourceTopicsOf(deps, pipeline);
  if (topics.length > 0) await deps.stateStore.skipBacklog(pipeline.pipelineId, topics);
  await deps.store.db.transaction(async (tx) => {
    // Started while its offsets moved: the worker may have read them before, so nothing is promised.
    requireIdle(await lockTarget(tx, target));
    const at = deps.clock.now();
    const { pipelineId, orgId } = pipeline;
    await recordEvent(tx, {
      pipelineId,
      at,
      code: 'OFFSET_RESET',
      message: withNote('The offset was reset: the next start reads the newest records.', target),
      severity: 'info',
    });
    await recordAudit(tx, { at, orgId, actor: target.actor, action: 'pipeline.reset-offset', target: pipelineId });
  });
};

const requirePausedOrStopped = ({ status }: PipelineRow): void => {
  if (status !== 'PAUSED' && status !== 'STOPPED') throw statusForbids(status);
};

const requireNoRun = ({ status }: PipelineRow): void => {
  if (isActive(status)) throw statusForbids(status);
};

const statusForbids = (status: string): UseCaseError =>
  new UseCaseError(
    'PIPELINE_STATUS_FORBIDS',
    'conflict',
    `The offset of a pipeline with status ${status} cannot be reset. Pause or stop it first.`,
    { params: { status, command: 'resetOffset' } },
  );

const sourceTopicsOf = async (deps: UseCaseDeps, pipeline: PipelineRow): Promise<readonly string[]> => {
  const version = await findVersion(deps.store.db, pipeline.pipelineId, pipeline.releasedNumber);
  const document: JsonValue = version === undefined ? null : JSON.parse(runningText(version));
  if (version === undefined || !isJsonObject(document)) return [];
  const { sourceTopics = [] } = await deps.compile(document, {
    pipelineId: pipeline.pipelineId,
    orgId: pipeline.orgId,
    messageChannel: version.messageChannel === 1 ? 1 : 0,
    isReleased: true,
    ...(pipeline.executionMode === null ? {} : { mode: deps.modes.of(pipeline.executionMode) }),
  });
  return sourceTopics;
};
