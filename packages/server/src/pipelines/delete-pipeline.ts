import { commandsIn, isActive } from '@penstock/model';
import { eq } from 'drizzle-orm';
import { forgetLineage } from '../lineage/note-lineage.ts';
import { pipelines } from '../store/schema.ts';
import {
  findPipeline,
  lockOrganization,
  lockTarget,
  type PipelineRow,
  requireSeen,
} from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/**
 * Deletes a pipeline with its versions, runs, events and samples, and what it keeps in Kafka.
 * Errors: `PIPELINE_UNKNOWN`, `PIPELINE_STATUS_FORBIDS` while it is under way, `KAFKA_UNREACHABLE`.
 */
export const deletePipeline = async (deps: UseCaseDeps, target: Target): Promise<void> => {
  const pipeline = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  requireSeen(pipeline, target);
  refuseActive(pipeline);
  if (pipeline.keepsState) deps.assertOwnSite?.();
  // Kafka first, so that nothing is left behind that nobody knows of any more.
  if (pipeline.keepsState) await clearState(deps, target);
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, target.orgId);
    refuseActive(await lockTarget(tx, target));
    await forgetLineage(deps, tx, target.pipelineId);
    await tx.delete(pipelines).where(eq(pipelines.pipelineId, target.pipelineId));
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: target.orgId,
      actor: target.actor,
      action: 'pipeline.delete',
      target: target.pipelineId,
    });
  });
};

/** Taken offline meanwhile, so that it cannot be started while its state goes; put back when Kafka cannot be reached. */
const clearState = async (deps: UseCaseDeps, target: Target): Promise<void> => {
  const { pipelineId } = target;
  const { status, releasedNumber } = await deps.store.db.transaction(async (tx) => {
    const pipeline = await findPipeline(tx, target.orgId, pipelineId, { lock: true });
    refuseActive(pipeline);
    await tx
      .update(pipelines)
      .set({ status: 'EDITED', releasedNumber: null })
      .where(eq(pipelines.pipelineId, pipelineId));
    return pipeline;
  });
  try {
    await deps.stateStore.clear(pipelineId);
  } catch (error) {
    await deps.store.db.update(pipelines).set({ status, releasedNumber }).where(eq(pipelines.pipelineId, pipelineId));
    throw error;
  }
};

const refuseActive = (pipeline: PipelineRow): void => {
  if (!isActive(pipeline.status)) return;
  const hint = commandsIn(pipeline.status).includes('stop') ? ' Stop it first.' : ' Wait until it has ended.';
  throw new UseCaseError(
    'PIPELINE_STATUS_FORBIDS',
    'conflict',
    `A pipeline with status ${pipeline.status} cannot be deleted.${hint}`,
    { params: { status: pipeline.status, command: 'delete' } },
  );
};
