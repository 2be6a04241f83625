import { eq } from 'drizzle-orm';
import { pipelines } from '../store/schema.ts';
import { systemPipeline } from '../system-pipelines/make-system-pipelines.ts';
import { detailWithNote, findVersion, lockTarget } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError, versionUnknown } from '../use-case/use-case.ts';

/**
 * "Revert to Online Version" (contract C.2): the design copy becomes the released copy again; with `number` any other
 * released version. Errors: `PIPELINE_UNKNOWN`, `REVISION_OUTDATED`, `PIPELINE_NOT_RELEASED`,
 * `PIPELINE_VERSION_UNKNOWN`, `PIPELINE_IS_SYSTEM`.
 */
export const revertPipeline = (deps: UseCaseDeps, target: Target, number?: number): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const pipeline = await lockTarget(tx, target);
    if (pipeline.isSystem) throw systemPipeline();
    const version = await findVersion(tx, pipeline.pipelineId, number ?? pipeline.releasedNumber);
    if (version === undefined) throw number === undefined ? neverReleased() : versionUnknown();
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
        // Versions of before alarm settings belonged to them leave those there are.
        ...(version.alarmConfig === null ? {} : { alarmConfig: version.alarmConfig }),
        revision: pipeline.revision + 1,
        updatedAt: now,
        updatedBy: target.actor,
      })
      .where(eq(pipelines.pipelineId, pipeline.pipelineId));
    await recordAudit(tx, {
      at: now,
      orgId: pipeline.orgId,
      actor: target.actor,
      action: number === undefined ? 'pipeline.revert' : 'pipeline.restore',
      target: pipeline.pipelineId,
      detail: detailWithNote(String(version.number), target),
    });
  });

const neverReleased = (): UseCaseError =>
  new UseCaseError('PIPELINE_NOT_RELEASED', 'conflict', 'The pipeline was never released.');
