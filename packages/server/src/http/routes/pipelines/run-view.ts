import { type Modes, type Notice, parseSupervision } from '@penstock/modes';
import type { Static } from 'typebox';
import type { StoredHeartbeat } from '../../../runs/heartbeat/receive-heartbeat.ts';
import { LEASE_MS } from '../../../runs/supervisor.ts';
import type { runs } from '../../../store/schema.ts';
import {
  type observedSchema,
  type runSchema,
  shownExecutor,
  shownFigures,
  shownIdentity,
  shownTask,
} from './pipeline-schemas.ts';

/** A run with the last word of its worker and the lease of whoever looks after it, where there are such. */
export type RunRow = typeof runs.$inferSelect & {
  readonly heartbeat: string | null;
  readonly heartbeatAt: number | null;
  readonly leaseUntil: number | null;
};

type Bearing = Pick<Static<typeof observedSchema>, 'ageMs' | 'source'>;

/** The last heartbeat of a run, of whichever worker. */
export const heartbeatOf = (run: RunRow | null): StoredHeartbeat | undefined =>
  run === null || run.heartbeat === null ? undefined : (JSON.parse(run.heartbeat) as StoredHeartbeat);

/** What is to be known of a run that is under way, beside its state. */
export const noticeOf = (run: RunRow): Notice | undefined =>
  run.endedAt === null ? parseSupervision(run.launcherState).notice : undefined;

/** The newest of what bears out the state: the worker's word, or the supervisor's last look at the run. */
export const evidenceOf = (modes: Modes, statusSince: number, run: RunRow | null, now: number): Bearing => {
  if (run === null || run.endedAt !== null) return { ageMs: Math.max(0, now - statusSince), source: 'database' };
  const mode = modes.of(run.executionMode);
  const supervision = parseSupervision(run.launcherState);
  const heartbeat = heartbeatOf(run);
  const isHeard = run.heartbeatAt !== null && heartbeat !== undefined && mode.belongs(heartbeat, supervision);
  return mode.bearing({
    supervision,
    now,
    lookedAt: run.leaseUntil === null ? run.createdAt : run.leaseUntil - LEASE_MS,
    ...(isHeard ? { heard: { at: run.heartbeatAt ?? now, heartbeat } } : {}),
  });
};

export const runOf = (modes: Modes, run: RunRow): Static<typeof runSchema> => {
  const heartbeat = heartbeatOf(run);
  const { application, executors, batches, backPressureRate } = modes
    .of(run.executionMode)
    .view(parseSupervision(run.launcherState), heartbeat);
  return {
    runId: run.runId,
    startedAt: run.createdAt,
    endedAt: run.endedAt,
    worker:
      heartbeat === undefined || run.heartbeatAt === null
        ? null
        : {
            ...shownIdentity.show(heartbeat),
            phase: heartbeat.phase,
            heartbeatAt: run.heartbeatAt,
            ...shownFigures.show(heartbeat),
          },
    tasks: (heartbeat?.tasks ?? []).map(shownTask.show),
    stages: { ...heartbeat?.stages },
    work: heartbeat?.work === undefined ? null : { ...heartbeat.work },
    application,
    executors: executors.map(shownExecutor.show),
    batches: batches === null ? null : { ...batches },
    backPressureRate,
  };
};
