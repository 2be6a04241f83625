import { isActive } from '@penstock/model';
import { findPipeline, lockTarget, type PipelineRow, requireSeen, withNote } from '../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/**
 * Gives up the state of all stages and keeps the position: what somebody decides when a start was refused because state
 * is gone (`STATE_LOST`) or the released document cannot use it (`STATE_KEY_CHANGED` and the like).
 * Errors: `PIPELINE_UNKNOWN`, `PIPELINE_STATUS_FORBIDS` while a run is under way, `KAFKA_UNREACHABLE`.
 */
export const resetState = async (deps: UseCaseDeps, target: Target): Promise<void> => {
  const pipeline = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  requireSeen(pipeline, target);
  requireNoRun(pipeline);
  await deps.stateStore.forgetState(pipeline.pipelineId);
  await deps.store.db.transaction(async (tx) => {
    // Started meanwhile: the worker may have read the state before it was deleted, so nothing is promised.
    requireNoRun(await lockTarget(tx, target));
    const at = deps.clock.now();
    const { pipelineId, orgId } = pipeline;
    await recordEvent(tx, {
      pipelineId,
      at,
      code: 'STATE_RESET',
      message: withNote(
        'The state of all stages was given up; the next start begins with none, at the position there is.',
        target,
      ),
      severity: 'warning',
    });
    await recordAudit(tx, { at, orgId, actor: target.actor, action: 'pipeline.reset-state', target: pipelineId });
  });
};

const requireNoRun = ({ status }: PipelineRow): void => {
  if (isActive(status))
    throw new UseCaseError(
      'PIPELINE_STATUS_FORBIDS',
      'conflict',
      `The state of a pipeline with status ${status} cannot be reset. Pause it first.`,
      { params: { status, command: 'resetState' } },
    );
};
