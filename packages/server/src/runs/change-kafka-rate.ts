import { type Issue, parseKafkaRate } from '@penstock/model';
import { and, eq, isNull } from 'drizzle-orm';
import { recordAudit, recordEvent } from '../lifecycle/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../lifecycle/use-case.ts';
import { findPipeline } from '../pipelines/find-pipeline.ts';
import { pipelines, runs } from '../store/schema.ts';

/**
 * Changes the read rate. A run under way is told with the answer to its next heartbeat; what was set last is shown
 * also while there is none. Errors: `PIPELINE_UNKNOWN`, `FIELD_INVALID`, `PIPELINE_STATUS_FORBIDS` where nothing runs.
 */
export const changeKafkaRate = async (deps: UseCaseDeps, target: Target, given: unknown): Promise<void> => {
  const issues: Issue[] = [];
  const kafkaRate = parseKafkaRate(given, issues);
  if (kafkaRate === undefined) {
    const message = issues[0]?.message ?? '"kafkaRate" is invalid.';
    throw new UseCaseError('FIELD_INVALID', 'invalid', message, { issues, params: { field: 'kafkaRate' } });
  }
  await deps.store.db.transaction(async (tx) => {
    const pipeline = await findPipeline(tx, target.orgId, target.pipelineId, { lock: true });
    const [run] = await tx
      .update(runs)
      .set({ kafkaRate })
      .where(and(eq(runs.pipelineId, pipeline.pipelineId), isNull(runs.endedAt), eq(runs.desired, 'run')))
      .returning({ runId: runs.runId });
    if (run === undefined) {
      const message = `A pipeline with status ${pipeline.status} has no run whose rate could be changed.`;
      throw new UseCaseError('PIPELINE_STATUS_FORBIDS', 'conflict', message, {
        params: { status: pipeline.status, command: 'rate' },
      });
    }
    await tx.update(pipelines).set({ kafkaRate }).where(eq(pipelines.pipelineId, pipeline.pipelineId));
    const at = deps.clock.now();
    const { pipelineId, orgId } = pipeline;
    const message = `The read rate was set to ${kafkaRate} records/s.`;
    await recordEvent(tx, { pipelineId, runId: run.runId, at, code: 'RATE_SET', message, severity: 'info' });
    const detail = String(kafkaRate);
    await recordAudit(tx, { at, orgId, actor: target.actor, action: 'pipeline.rate', target: pipelineId, detail });
  });
};
