import type { JsonObject } from './json.ts';
import type { TopicGrant } from './topic-grant.ts';

/**
 * What the control plane and a worker (or, in Cluster Mode, a Spark driver) say to each other.
 * The worker speaks first: it posts a `Heartbeat` to any service instance and gets a `HeartbeatReply`.
 */

export const DeliveryGuarantee = { ExactlyOnce: 'EXACTLY_ONCE', AtLeastOnce: 'AT_LEAST_ONCE' } as const;
export type DeliveryGuarantee = (typeof DeliveryGuarantee)[keyof typeof DeliveryGuarantee];

/** How to reach Kafka. `sasl` and `tls` follow the environment settings `KAFKA_SASL_*` and `KAFKA_TLS_*`. */
export interface KafkaSettings {
  /** `host:port`, comma separated. */
  readonly bootstrapServers: string;
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    readonly username: string;
    readonly password: string;
  };
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

/**
 * The version of these messages. It counts up when one side has to know something new to understand the other; fields
 * that may be missing do not. Without it a message is of version 1.
 */
export const PROTOCOL_VERSION = 1;

/** Everything a worker needs to run one pipeline. Written to a file only its owner can read; it may hold secrets. */
export interface RunSpec {
  /** `PROTOCOL_VERSION` of the service that wrote it. */
  readonly protocol?: number;
  /** Names the launch; the worker repeats it in its heartbeats. */
  readonly launchId?: string;
  readonly runId: string;
  readonly pipelineId: string;
  readonly orgId: string;
  /** Contract A.13: 0 real-time channel, 1 offline channel. */
  readonly messageChannel: 0 | 1;
  /** Topics beside its own that the organisation may use, as of the launch; absent: nobody asks. */
  readonly topicGrants?: readonly TopicGrant[];
  /** The released document: `{ pipelineConfig, … }` or `pipelineConfig` alone. */
  readonly document: JsonObject;
  /**
   * The pipeline has run before and was not stopped since: it has had positions, whatever Kafka says. Absent where it
   * is a first start, or nobody knows.
   */
  readonly isContinued?: boolean;
  /** What ran last, where it was another version of the document. */
  readonly previous?: PreviousVersion;
  readonly kafka: KafkaSettings;
  /** Worker threads that run tasks. */
  readonly threads: number;
  /** Resident memory the worker may use, in MiB (1 CU = 2048). */
  readonly memoryMb: number;
  /** Records per second read from the source topic, over all partitions and threads. */
  readonly kafkaRate: number;
  readonly control: {
    /**
     * File with the addresses of the service (`{ urls }`), read again when none of the known ones answers. A path in
     * Standalone Mode; in Cluster Mode a URI that Hadoop's file systems understand.
     */
    readonly endpointsFile: string;
    readonly token: string;
    /** Addresses known at the launch. */
    readonly urls?: readonly string[];
  };
  /** In Cluster Mode only. `threads` and `memoryMb` are then those of the worker in each executor. */
  readonly cluster?: ClusterRun;
}

/** The version of a pipeline's document that what it keeps in Kafka was last written by. */
export interface PreviousVersion {
  readonly document: JsonObject;
  readonly messageChannel: 0 | 1;
}

/** What Cluster Mode adds to a run. */
export interface ClusterRun {
  /** The tag by which YARN's application is found. */
  readonly tag: string;
  /** Spark executors, each with one worker of `RunSpec.threads` task threads. */
  readonly executors: number;
}

export const WorkerPhase = {
  /** Fencing older owners, restoring state. */
  Starting: 'starting',
  Running: 'running',
  /** Finishing and committing what is under way before it exits. */
  Draining: 'draining',
  /** Everything is committed; the process is about to exit. */
  Stopped: 'stopped',
  Failed: 'failed',
} as const;
export type WorkerPhase = (typeof WorkerPhase)[keyof typeof WorkerPhase];

export interface RunFailure {
  readonly code: string;
  readonly message: string;
  /** False when starting again without a change cannot help (the pipeline goes into error at once). */
  readonly retryable: boolean;
  readonly stage?: string;
}

/** Where a task stands. All offsets are Kafka offsets; -1 where not yet known. */
export interface TaskProgress {
  /** Which part of the plan (0 reads the source topic; others read repartition topics). */
  readonly part: number;
  readonly topic: string;
  readonly partition: number;
  readonly committedOffset: number;
  /** Last stable offset of the partition: what a read-committed consumer could reach. */
  readonly endOffset: number;
  readonly lag: number;
  /** Milliseconds since the task last moved its committed offset or was seen without backlog. */
  readonly stalledMs: number;
  /** Milliseconds since its last commit; absent before the first. */
  readonly lastCommitAgeMs?: number;
  /** What a transaction that is open keeps from readers of committed records; absent where nothing is held back. */
  readonly heldBack?: HeldBack;
  /** Why it was last taken up again, until it commits: what is known of why it stands still. */
  readonly trouble?: string;
}

/**
 * The part of a partition beyond its last stable offset: written, but behind the first record of a transaction that
 * neither commits nor aborts (KIP-98). It is not lag: nobody who reads committed records can have it yet.
 */
export interface HeldBack {
  /** Offsets between the last stable one and the high watermark: records, and markers of transactions. */
  readonly records: number;
  /** Milliseconds since the last stable offset came to stand still. */
  readonly forMs: number;
}

/** What keeps a run from working although neither it nor its document is at fault: it goes on by itself. */
export interface Waiting {
  /** What it waits for is in the code: those of Kafka that can pass. */
  readonly code: string;
  readonly message: string;
  /** Unix ms, by the clock of whoever waits. */
  readonly since: number;
}

/** Counters since the worker started; never reset while it runs. */
export interface StageCounters {
  input: number;
  output: number;
  /** Records sent to the dead letters by this stage, by error code. */
  errors: Record<string, number>;
  /** Records dropped for a stated reason, by reason (`not-selected`, `late`, `precondition`, `discard:CODE`, …). */
  dropped: Record<string, number>;
}

/** Something that happened in a run and that people may want to read later. */
export interface RunEvent {
  /** Unix ms. */
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly severity: 'info' | 'warning' | 'error';
}

export interface Heartbeat {
  /** `PROTOCOL_VERSION` of whoever sends it. */
  readonly protocol?: number;
  /** Of the run specification it was started with. */
  readonly launchId?: string;
  readonly runId: string;
  /** One per worker process. */
  readonly workerId: string;
  readonly pid: number;
  readonly host: string;
  /** Unix ms. */
  readonly startedAt: number;
  /** Counts up from 1 for each worker process. */
  readonly sequence: number;
  readonly phase: WorkerPhase;
  readonly failure?: RunFailure;
  /**
   * Counts everything that is done to get ready: entries of state restored, tasks taken over. A start is only late
   * where this stands still. Absent from workers that do not count.
   */
  readonly startProgress?: number;
  /** Absent while nothing keeps it. Waiting has no limit. */
  readonly waiting?: Waiting;
  readonly tasks: readonly TaskProgress[];
  /** By stage instance name. */
  readonly stages: Readonly<Record<string, StageCounters>>;
  readonly recordsRead: number;
  readonly bytesRead: number;
  readonly recordsWritten: number;
  readonly rssMb: number;
  /** User + system CPU time of the process since it started, in ms. */
  readonly cpuMs: number;
  /** Not yet acknowledged events; resent until a reply arrives. */
  readonly events: readonly RunEvent[];
  /** From a Spark driver only; then `pid`, `rssMb` and `cpuMs` above are the driver's own. */
  readonly cluster?: ClusterReport;
  /** Records taken for a snapshot; resent until a reply arrives that no longer asks for it. */
  readonly snapshot?: SnapshotResult;
}

/** What a Spark driver tells of its application. */
export interface ClusterReport {
  readonly tag: string;
  readonly applicationId: string;
  /** YARN's attempt, from 1. The word of an older attempt counts for nothing. */
  readonly attempt: number;
  readonly executors: readonly ExecutorReport[];
  readonly batches: {
    readonly intervalMs: number;
    readonly completed: number;
    /** Batches cut but not done yet. */
    readonly waiting: number;
    /** Of the last batch: time from its cut to its start, and time it took. */
    readonly schedulingDelayMs: number;
    readonly processingMs: number;
  };
  /** Upper bound by Spark's back pressure in records/s over the source topic; absent where it is off or knows nothing yet. */
  readonly backPressureRate?: number;
}

/** One executor and its worker. CPU times count from the start of the process named. */
export interface ExecutorReport {
  readonly executorId: string;
  readonly host: string;
  readonly containerId: string;
  /** Tasks that belong to it now. */
  readonly tasks: number;
  readonly jvmPid: number;
  readonly jvmRssMb: number;
  readonly jvmCpuMs: number;
  /** Absent while its worker is being started. */
  readonly workerPid?: number;
  readonly workerRssMb?: number;
  readonly workerCpuMs?: number;
}

/** A look at records that pass through a running pipeline. */
export interface SnapshotRequest {
  readonly id: string;
  /** Records wanted per stage and direction, 1 to 50. */
  readonly records: number;
  /** Only this stage; all where absent. */
  readonly stage?: string;
}

export interface SnapshotRecord {
  readonly stage: string;
  readonly direction: 'input' | 'output';
  /** Partition of the task's input, and part of the plan. */
  readonly part: number;
  readonly partition: number;
  /** The record as JSON text, cut to `MAX_SNAPSHOT_TEXT` characters. */
  readonly text: string;
  readonly isCut: boolean;
}

export const MAX_SNAPSHOT_TEXT = 4000;

export interface SnapshotResult {
  readonly id: string;
  readonly records: readonly SnapshotRecord[];
}

/** `stop` and `pause` both mean: finish, commit and exit; what happens to state and offsets then is the service's work. */
export type DesiredRun = 'run' | 'pause' | 'stop';

export interface HeartbeatReply {
  /** `exit` when the service does not know this worker any more (a newer one owns the run). */
  readonly desired: DesiredRun | 'exit';
  readonly kafkaRate: number;
  /** How long to wait before the next heartbeat. */
  readonly intervalMs: number;
  /** A snapshot somebody is waiting for; absent once it has arrived or nobody waits any more. */
  readonly snapshot?: SnapshotRequest;
}
