import { Type } from 'typebox';
import type { Message } from './message.ts';
import { DesiredRun, WorkerPhase } from './protocol.ts';
import { snapshotRequestSchema, snapshotResultSchema } from './snapshot.ts';
import {
  amount,
  COUNT,
  count,
  runEventSchema,
  runFailureSchema,
  runName,
  shortName,
  stagesSchema,
  taskProgressSchema,
  waitingSchema,
  workerFiguresSchema,
  workSchema,
} from './worker-report.ts';

/**
 * The worker, or in Cluster Mode the Spark driver, speaks first: it posts a `Heartbeat` to any service instance and
 * gets a `HeartbeatReply`. The Java side is `Heartbeat` of `cluster/spark-driver`.
 */

/** One executor and its worker. CPU times count from the start of the process named. */
export const executorReportSchema = Type.Object({
  executorId: shortName,
  host: shortName,
  /** Empty where Spark does not say; anything else becomes part of an address. */
  containerId: Type.String({ pattern: '^(container_[0-9a-z_]{1,100})?$' }),
  tasks: Type.Integer({ ...COUNT, description: 'Tasks that belong to it now.' }),
  jvmPid: count,
  jvmRssMb: amount,
  jvmCpuMs: amount,
  workerPid: Type.Optional(Type.Integer({ ...COUNT, description: 'Not known while its worker is being started.' })),
  workerRssMb: Type.Optional(amount),
  workerCpuMs: Type.Optional(amount),
});
export type ExecutorReport = Message<typeof executorReportSchema>;

export const batchReportSchema = Type.Object({
  intervalMs: amount,
  completed: count,
  waiting: Type.Integer({ ...COUNT, description: 'Batches cut and not done yet.' }),
  schedulingDelayMs: Type.Number({ minimum: 0, description: 'Of the last batch: time from its cut to its start.' }),
  processingMs: Type.Number({ minimum: 0, description: 'Of the last batch: time it took.' }),
});

/** What a Spark driver tells of its application. */
export const clusterReportSchema = Type.Object({
  tag: Type.String({ minLength: 1, maxLength: 200 }),
  applicationId: Type.String({ pattern: '^application_[0-9]{1,20}_[0-9]{1,10}$' }),
  /** YARN's attempt, from 1. The word of an older attempt counts for nothing. */
  attempt: Type.Integer({ minimum: 1, maximum: 100_000 }),
  executors: Type.Array(executorReportSchema, { maxItems: 2000 }),
  batches: batchReportSchema,
  backPressureRate: Type.Optional(
    Type.Number({
      minimum: 0,
      description:
        "Records per second that Spark's back pressure allows; not known where it is off or has seen nothing yet.",
    }),
  ),
});
export type ClusterReport = Message<typeof clusterReportSchema>;

/** Who speaks: one worker process, or a Spark driver. */
export const workerIdentitySchema = Type.Object({
  workerId: runName,
  pid: Type.Integer({ minimum: 1 }),
  host: Type.String({ minLength: 1, maxLength: 255 }),
  startedAt: Type.Integer({ ...COUNT, description: 'Start of the process (Unix ms)' }),
});

export const workerPhaseSchema = Type.Enum(WorkerPhase, { type: 'string' });

export const heartbeatSchema = Type.Object({
  /** `PROTOCOL_VERSION` of whoever sends it. */
  protocol: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Of the run specification it was started with. */
  launchId: Type.Optional(runName),
  runId: runName,
  ...workerIdentitySchema.properties,
  /** Counts up from 1 for each worker process. */
  sequence: Type.Integer({ minimum: 1 }),
  phase: workerPhaseSchema,
  failure: Type.Optional(runFailureSchema),
  /**
   * Counts everything that is done to get ready: entries of state restored, tasks taken over. A start is only late
   * where this stands still. Absent from workers that do not count.
   */
  startProgress: Type.Optional(count),
  /** Absent while nothing keeps it. Waiting has no limit. */
  waiting: Type.Optional(waitingSchema),
  tasks: Type.Array(taskProgressSchema, { maxItems: 20_000 }),
  stages: stagesSchema,
  /** Absent from workers that do not measure it. */
  work: Type.Optional(workSchema),
  /** From a driver: records of all its workers, memory and CPU time of its own. */
  ...workerFiguresSchema.properties,
  /** Not yet acknowledged events; resent until a reply arrives. */
  events: Type.Array(runEventSchema, { maxItems: 500 }),
  /** From a Spark driver only. */
  cluster: Type.Optional(clusterReportSchema),
  snapshot: Type.Optional(snapshotResultSchema),
});
export type Heartbeat = Message<typeof heartbeatSchema>;

export const heartbeatReplySchema = Type.Object({
  /** `exit` when the service does not know this worker any more (a newer one owns the run). */
  desired: Type.Enum({ ...DesiredRun, Exit: 'exit' } as const, { type: 'string' }),
  kafkaRate: Type.Integer(),
  /** How long to wait before the next heartbeat. */
  intervalMs: Type.Integer(),
  /** A snapshot somebody is waiting for; absent once it has arrived or nobody waits any more. */
  snapshot: Type.Optional(snapshotRequestSchema),
});
export type HeartbeatReply = Message<typeof heartbeatReplySchema>;
