import {
  belongsToLaunch,
  CLUSTER_UNREACHABLE,
  DEFAULT_POLICY,
  type Notice,
  parseSupervision,
  type Supervision,
  shortDiagnostics,
} from '@penstock/modes';
import type { Static } from 'typebox';
import type { StoredHeartbeat } from '../../../runs/hear.ts';
import { LEASE_MS } from '../../../runs/supervisor.ts';
import type { runs } from '../../../store/schema.ts';
import type { applicationSchema, executorSchema, observedSchema, runSchema } from './pipeline-schemas.ts';

type RunRow = typeof runs.$inferSelect;
type Bearing = Pick<Static<typeof observedSchema>, 'ageMs' | 'source'>;

/** The last heartbeat of a run, of whichever worker. */
export const heartbeatOf = (run: RunRow | null): StoredHeartbeat | undefined =>
  run === null || run.heartbeat === null ? undefined : (JSON.parse(run.heartbeat) as StoredHeartbeat);

/** What is to be known of a run that is under way, beside its state. */
export const noticeOf = (run: RunRow): Notice | undefined =>
  run.endedAt === null ? parseSupervision(run.launcherState).notice : undefined;

/** The newest of what bears out the state: the worker's word, or the supervisor's last look at the run. */
export const evidenceOf = (statusSince: number, run: RunRow | null, now: number): Bearing => {
  if (run === null || run.endedAt !== null) return { ageMs: Math.max(0, now - statusSince), source: 'database' };
  const supervision = parseSupervision(run.launcherState);
  const heartbeat = heartbeatOf(run);
  const isOfThisWorker = heartbeat !== undefined && belongsToLaunch(heartbeat, supervision.launch);
  const isFromYarn = supervision.application !== undefined && supervision.notice?.code !== CLUSTER_UNREACHABLE;
  if (run.heartbeatAt !== null && isOfThisWorker) {
    const ageMs = Math.max(0, now - run.heartbeatAt);
    if (!isFromYarn || speaksForNow(heartbeat, ageMs, supervision)) return { ageMs, source: 'heartbeat' };
  }
  const lookedAt = run.leaseUntil === null ? run.createdAt : run.leaseUntil - LEASE_MS;
  return { ageMs: Math.max(0, now - lookedAt), source: isFromYarn ? 'yarn' : 'process' };
};

/** A driver that is silent, or that YARN has replaced, no longer says what is. */
const speaksForNow = (heartbeat: StoredHeartbeat, ageMs: number, { application }: Supervision): boolean =>
  ageMs <= DEFAULT_POLICY.heartbeatTimeoutMs && (heartbeat.cluster?.attempt ?? 0) >= (application?.view.attempts ?? 0);

export const runOf = (run: RunRow): Static<typeof runSchema> => {
  const heartbeat = heartbeatOf(run);
  const cluster = heartbeat?.cluster;
  return {
    runId: run.runId,
    startedAt: run.createdAt,
    endedAt: run.endedAt,
    worker:
      heartbeat === undefined || run.heartbeatAt === null
        ? null
        : {
            workerId: heartbeat.workerId,
            pid: heartbeat.pid,
            host: heartbeat.host,
            startedAt: heartbeat.startedAt,
            phase: heartbeat.phase,
            heartbeatAt: run.heartbeatAt,
            recordsRead: heartbeat.recordsRead,
            bytesRead: heartbeat.bytesRead,
            recordsWritten: heartbeat.recordsWritten,
            rssMb: heartbeat.rssMb,
            cpuMs: heartbeat.cpuMs,
          },
    tasks: [...(heartbeat?.tasks ?? [])],
    stages: { ...heartbeat?.stages },
    application: applicationOf(parseSupervision(run.launcherState)),
    executors: (cluster?.executors ?? []).map(executorOf),
    batches: cluster === undefined ? null : { ...cluster.batches },
    backPressureRate: cluster?.backPressureRate ?? null,
  };
};

const applicationOf = ({ application }: Supervision): Static<typeof applicationSchema> | null => {
  if (application === undefined) return null;
  const { view } = application;
  return {
    ...view,
    diagnostics: shortDiagnostics(view.diagnostics),
    waiting: view.waiting ?? null,
    finishedAt: view.finishedAt === 0 ? null : view.finishedAt,
  };
};

type Executor = NonNullable<StoredHeartbeat['cluster']>['executors'][number];
const executorOf = (given: Executor): Static<typeof executorSchema> => ({
  executorId: given.executorId,
  host: given.host,
  containerId: given.containerId,
  tasks: given.tasks,
  jvmRssMb: given.jvmRssMb,
  jvmCpuMs: given.jvmCpuMs,
  workerPid: given.workerPid ?? null,
  workerRssMb: given.workerRssMb ?? null,
  workerCpuMs: given.workerCpuMs ?? null,
});
