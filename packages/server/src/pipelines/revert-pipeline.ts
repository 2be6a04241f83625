import { eq } from 'drizzle-orm';
import { pipelines } from '../store/schema.ts';
import { findPipeline, findVersion } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/**
 * "Revert to Online Version" (contract C.2): the design copy becomes the released copy again.
 * Errors: `PIPELINE_UNKNOWN`, `PIPELINE_NOT_RELEASED`.
 */
export const revertPipeline = (deps: UseCaseDeps, target: Target): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const pipeline = await findPipeline(tx, target.orgId, target.pipelineId, { lock: true });
    const version = await findVersion(tx, pipeline.pipelineId, pipeline.releasedNumber);
    if (version === undefined)
      throw new UseCaseError('PIPELINE_NOT_RELEASED', 'conflict', 'The pipeline was never released.');
    const now = deps.clock.now();
    await tx
      .update(pipelines)
      .set({
        name: version.name,
        description: version.description,
        templateType: version.templateType,
        templateName: version.templateName,
        templateVersion: version.templateVersion,
        messageChannel: version.messageChannel,
        document: version.document,
        revision: pipeline.revision + 1,
        updatedAt: now,
      })
      .where(eq(pipelines.pipelineId, pipeline.pipelineId));
    await recordAudit(tx, {
      at: now,
      orgId: pipeline.orgId,
      actor: target.actor,
      action: 'pipeline.revert',
      target: pipeline.pipelineId,
      detail: String(version.number),
    });
  });
