import { type Issue, nextState } from '@penstock/model';
import { eq, max } from 'drizzle-orm';
import { pipelines, pipelineVersions } from '../store/schema.ts';
import { findPipeline } from '../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/**
 * Release Pipeline (contract A.8): freezes the design copy as the next version and puts it online. It need not
 * compile: that is asked at the start. Errors: `PIPELINE_UNKNOWN`, `PIPELINE_STATUS_FORBIDS` (61169),
 * `DOCUMENT_INVALID` (nothing saved yet, or a template, which this version does not run).
 */
export const releasePipeline = (deps: UseCaseDeps, target: Target): Promise<{ readonly version: number }> =>
  deps.store.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const pipeline = await findPipeline(tx, target.orgId, target.pipelineId, { lock: true });
    const next = nextState(pipeline.status, 'release');
    if (next === undefined)
      throw new UseCaseError(
        'PIPELINE_STATUS_FORBIDS',
        'conflict',
        `A pipeline with status ${pipeline.status} cannot be released. Pause or stop it first.`,
        { params: { status: pipeline.status, command: 'release' } },
      );
    const { document } = pipeline;
    if (document === null) throw invalid('DOCUMENT_REQUIRED', 'No configuration was saved yet: save "pipelineJson".');
    if (pipeline.templateType !== 1)
      throw invalid(
        'TEMPLATE_NOT_SUPPORTED',
        'Template pipelines are kept but cannot be run by this version. Use templateType 1 (Origin Template).',
      );
    const [last] = await tx
      .select({ number: max(pipelineVersions.number) })
      .from(pipelineVersions)
      .where(eq(pipelineVersions.pipelineId, pipeline.pipelineId));
    const number = (last?.number ?? 0) + 1;
    await tx.insert(pipelineVersions).values({
      pipelineId: pipeline.pipelineId,
      number,
      name: pipeline.name,
      description: pipeline.description,
      templateType: pipeline.templateType,
      templateName: pipeline.templateName,
      templateVersion: pipeline.templateVersion,
      messageChannel: pipeline.messageChannel,
      document,
      releasedAt: now,
      releasedBy: target.actor,
    });
    await tx
      .update(pipelines)
      .set({ releasedNumber: number, status: next, statusSince: now, reasonCode: null, reasonMessage: null })
      .where(eq(pipelines.pipelineId, pipeline.pipelineId));
    await recordEvent(tx, {
      pipelineId: pipeline.pipelineId,
      at: now,
      code: 'RELEASED',
      message: `Version ${number} was released.`,
      severity: 'info',
    });
    await recordAudit(tx, {
      at: now,
      orgId: pipeline.orgId,
      actor: target.actor,
      action: 'pipeline.release',
      target: pipeline.pipelineId,
      detail: String(number),
    });
    return { version: number };
  });

const invalid = (code: string, message: string): UseCaseError => {
  const issue: Issue = { code, severity: 'error', path: '', message };
  return new UseCaseError('DOCUMENT_INVALID', 'invalid', message, { issues: [issue] });
};
