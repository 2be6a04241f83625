import { isActive, nextState, type PipelineObservation, type PipelineState } from '@penstock/model';
import { eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines, runLeases, runs } from '../store/schema.ts';
import { toPipelineRow } from '../use-case/find-pipeline.ts';
import { recordEvent } from '../use-case/record-event.ts';
import type { UseCaseDeps } from '../use-case/use-case.ts';
import { releaseStartLock } from './start-lock.ts';

export interface Reason {
  readonly code: string;
  readonly message: string;
}

const EVENTS: Record<PipelineObservation, { code: string; message: string; severity: 'info' | 'warning' | 'error' }> = {
  workerRunning: { code: 'RUN_RUNNING', message: 'The pipeline is running.', severity: 'info' },
  workerLost: { code: 'WORKER_LOST', message: 'The worker is gone or out of reach.', severity: 'warning' },
  workerStopped: { code: 'RUN_ENDED', message: 'The worker has ended.', severity: 'info' },
  startFailed: { code: 'START_FAILED', message: 'The pipeline could not be started.', severity: 'error' },
  workerFailed: { code: 'RUN_FAILED', message: 'The pipeline has failed.', severity: 'error' },
  finished: { code: 'RUN_FINISHED', message: 'The source has ended.', severity: 'info' },
};

/**
 * Takes something seen of a run into the pipeline's state, in one transaction: the transition, its event, and, when
 * the run is over, its end, the release of its resources and of the organisation's start lock. An observation that
 * comes too late (another run is current, or the table has no such move) changes nothing.
 * `startFailed` and `workerFailed` may be used alike: whether the run ever ran decides which it is.
 */
export const applyObservation = (
  deps: Pick<UseCaseDeps, 'store' | 'clock'>,
  runId: string,
  observation: PipelineObservation,
  options: { readonly reason?: Reason } = {},
): Promise<{ readonly state: PipelineState | undefined; readonly changed: boolean }> =>
  deps.store.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const current = await lockRunAndPipeline(tx, runId);
    if (current === undefined) return { state: undefined, changed: false };
    const { run, pipeline } = current;
    if (run.endedAt !== null || pipeline.currentRunId !== runId) return { state: pipeline.status, changed: false };

    const seen = settle(observation, run.runningAt !== null);
    const state = nextState(pipeline.status, seen);
    if (state === undefined) return { state: pipeline.status, changed: false };

    const reason = options.reason;
    const isOver = !isActive(state);
    await tx
      .update(pipelines)
      .set({
        status: state,
        statusSince: now,
        reasonCode: reason?.code ?? null,
        reasonMessage: reason?.message ?? null,
        // Stop has cleared what lay in Kafka; every other end keeps it.
        ...(pipeline.status === 'STOPPING' && isOver ? { keepsState: false, sourcePartitions: null } : {}),
      })
      .where(eq(pipelines.pipelineId, pipeline.pipelineId));
    await tx
      .update(runs)
      .set({
        reasonCode: reason?.code ?? run.reasonCode,
        reasonMessage: reason?.message ?? run.reasonMessage,
        ...(state === 'RUNNING' && run.runningAt === null ? { runningAt: now } : {}),
        ...(isOver ? { endedAt: now, endedAs: state, tokenHash: null } : {}),
      })
      .where(eq(runs.runId, runId));
    if (isOver) await tx.delete(runLeases).where(eq(runLeases.runId, runId));
    if (isOver || state === 'RUNNING') await releaseStartLock(tx, runId);
    await recordEvent(tx, describe(seen, state, { pipelineId: pipeline.pipelineId, runId, at: now, reason }));
    return { state, changed: true };
  });

/** The pipeline's row first, as everywhere, so that nobody waits in a circle. */
const lockRunAndPipeline = async (tx: Database, runId: string) => {
  const [known] = await tx.select({ pipelineId: runs.pipelineId }).from(runs).where(eq(runs.runId, runId));
  if (known === undefined) return undefined;
  const [pipeline] = await tx.select().from(pipelines).where(eq(pipelines.pipelineId, known.pipelineId)).for('update');
  const [run] = await tx.select().from(runs).where(eq(runs.runId, runId)).for('update');
  return pipeline === undefined || run === undefined ? undefined : { run, pipeline: toPipelineRow(pipeline) };
};

const settle = (observation: PipelineObservation, hasRun: boolean): PipelineObservation =>
  observation === 'startFailed' || observation === 'workerFailed'
    ? hasRun
      ? 'workerFailed'
      : 'startFailed'
    : observation;

const describe = (
  seen: PipelineObservation,
  state: PipelineState,
  facts: { pipelineId: string; runId: string; at: number; reason: Reason | undefined },
) => {
  const { code, message, severity } = EVENTS[seen];
  const words =
    state === 'PAUSED' ? 'The pipeline is paused.' : state === 'STOPPED' ? 'The pipeline is stopped.' : message;
  return {
    pipelineId: facts.pipelineId,
    runId: facts.runId,
    at: facts.at,
    code: facts.reason?.code ?? code,
    message: facts.reason === undefined ? words : `${words} ${facts.reason.message}`,
    severity,
  };
};
