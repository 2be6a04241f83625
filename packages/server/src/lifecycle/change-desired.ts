import { nextState, type PipelineState } from '@penstock/model';
import { and, desc, eq, isNull } from 'drizzle-orm';
import { releaseStartLock } from '../runs/start-lock.ts';
import type { Database } from '../store/open-store.ts';
import { pipelines, runs } from '../store/schema.ts';
import { lockTarget, type PipelineRow, withNote } from '../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/**
 * Pause Pipeline (contract A.10): the worker finishes and commits what is under way and exits; state and offsets are
 * kept. Returns when the wish is written; the supervisor does the work. Errors: `PIPELINE_UNKNOWN`,
 * `PIPELINE_STATUS_FORBIDS`.
 */
export const pausePipeline = (deps: UseCaseDeps, target: Target): Promise<void> => changeDesired(deps, target, 'pause');

/**
 * Stop Pipeline (contract A.11, C.2): like pause, then state and offsets are cleared. A pipeline without a worker
 * (paused, or in error) gets a run with nothing but that clearing in it. Errors as for pause.
 */
export const stopPipeline = (deps: UseCaseDeps, target: Target): Promise<void> => changeDesired(deps, target, 'stop');

const changeDesired = async (deps: UseCaseDeps, target: Target, command: 'pause' | 'stop'): Promise<void> => {
  deps.assertOwnSite?.();
  await deps.store.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const pipeline = await lockTarget(tx, target);
    const next = nextState(pipeline.status, command);
    if (next === undefined) throw refused(pipeline.status, command);
    const runId = await openRun(deps, tx, pipeline, command, now);
    await releaseStartLock(tx, runId);
    await tx
      .update(pipelines)
      .set({ status: next, statusSince: now, desired: command, currentRunId: runId })
      .where(eq(pipelines.pipelineId, pipeline.pipelineId));
    await recordEvent(tx, {
      pipelineId: pipeline.pipelineId,
      runId,
      at: now,
      code: command === 'pause' ? 'PAUSE_ACCEPTED' : 'STOP_ACCEPTED',
      message: withNote(
        command === 'pause' ? 'Pause accepted.' : 'Stop accepted; state and offsets will be cleared.',
        target,
      ),
      severity: 'info',
    });
    await recordAudit(tx, {
      at: now,
      orgId: pipeline.orgId,
      actor: target.actor,
      action: `pipeline.${command}`,
      target: pipeline.pipelineId,
      ...noted(target),
    });
  });
  deps.wake?.();
};

/** The note as the detail of the audit entry, where there is one. */
const noted = ({ note }: Target): { detail?: string } => (note === undefined ? {} : { detail: note });

const refused = (status: PipelineState, command: 'pause' | 'stop'): UseCaseError =>
  new UseCaseError(
    'PIPELINE_STATUS_FORBIDS',
    'conflict',
    `A pipeline with status ${status} cannot be ${command === 'pause' ? 'paused' : 'stopped'}.`,
    { params: { status, command } },
  );

/** The run that is under way, told the new wish; or, where there is none, a new one that has only clearing to do. */
const openRun = async (
  deps: UseCaseDeps,
  tx: Database,
  pipeline: PipelineRow,
  desired: 'pause' | 'stop',
  now: number,
): Promise<string> => {
  const [told] = await tx
    .update(runs)
    // A launch that waits for its back-off is not waited for.
    .set({ desired, desiredAt: now, nextAttemptAt: null })
    .where(and(eq(runs.pipelineId, pipeline.pipelineId), isNull(runs.endedAt)))
    .returning({ runId: runs.runId });
  if (told !== undefined) return told.runId;
  const [last] = await tx
    .select()
    .from(runs)
    .where(eq(runs.pipelineId, pipeline.pipelineId))
    .orderBy(desc(runs.createdAt))
    .limit(1);
  if (last === undefined) throw new Error(`Pipeline ${pipeline.pipelineId} is ${pipeline.status} without a run`);
  const runId = deps.newId();
  await tx.insert(runs).values({
    runId,
    pipelineId: pipeline.pipelineId,
    orgId: pipeline.orgId,
    versionNumber: last.versionNumber,
    desired,
    executionMode: last.executionMode,
    kafkaRate: last.kafkaRate,
    resourceConfig: last.resourceConfig,
    createdAt: now,
    desiredAt: now,
  });
  return runId;
};
