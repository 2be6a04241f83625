import { type Issue, isActive, parseKafkaRate } from '@penstock/model';
import { and, eq, isNull } from 'drizzle-orm';
import { pipelines, runs } from '../store/schema.ts';
import { detailWithNote, lockTarget, withNote } from '../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/**
 * Changes the read rate of a pipeline that is under way; its worker learns it with the next heartbeat.
 * Errors: `PIPELINE_UNKNOWN`, `FIELD_INVALID`, `PIPELINE_STATUS_FORBIDS` where nothing runs (the next start says its
 * own rate).
 */
export const changeKafkaRate = async (deps: UseCaseDeps, target: Target, given: unknown): Promise<void> => {
  const issues: Issue[] = [];
  const kafkaRate = parseKafkaRate(given, issues);
  const [issue] = issues;
  if (kafkaRate === undefined || issue !== undefined)
    throw new UseCaseError('FIELD_INVALID', 'invalid', issue?.message ?? '"kafkaRate" is wrong.', {
      issues,
      params: { field: 'kafkaRate' },
    });
  await deps.store.db.transaction(async (tx) => {
    const { status, pipelineId, orgId } = await lockTarget(tx, target);
    if (!isActive(status))
      throw new UseCaseError(
        'PIPELINE_STATUS_FORBIDS',
        'conflict',
        `The rate of a pipeline with status ${status} cannot be changed: give it with the next start.`,
        { params: { status, command: 'changeRate' } },
      );
    const at = deps.clock.now();
    await tx.update(pipelines).set({ kafkaRate }).where(eq(pipelines.pipelineId, pipelineId));
    const [run] = await tx
      .update(runs)
      .set({ kafkaRate })
      .where(and(eq(runs.pipelineId, pipelineId), isNull(runs.endedAt)))
      .returning({ runId: runs.runId });
    await recordEvent(tx, {
      pipelineId,
      runId: run?.runId ?? null,
      at,
      code: 'RATE_CHANGED',
      message: withNote(`The read rate was set to ${kafkaRate} records/s.`, target),
      severity: 'info',
    });
    await recordAudit(tx, {
      at,
      orgId,
      actor: target.actor,
      action: 'pipeline.rate',
      target: pipelineId,
      detail: detailWithNote(String(kafkaRate), target),
    });
  });
};
