import type { JsonObject } from './json.ts';

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

/** Everything a worker needs to run one pipeline. Written to a file only its owner can read; it may hold secrets. */
export interface RunSpec {
  readonly runId: string;
  readonly pipelineId: string;
  readonly orgId: string;
  /** Contract A.13: 0 real-time channel, 1 offline channel. */
  readonly messageChannel: 0 | 1;
  /** The released document: `{ pipelineConfig, … }` or `pipelineConfig` alone. */
  readonly document: JsonObject;
  readonly kafka: KafkaSettings;
  /** Worker threads that run tasks. */
  readonly threads: number;
  /** Resident memory the worker may use, in MiB (1 CU = 2048). */
  readonly memoryMb: number;
  /** Records per second read from the source topic, over all partitions and threads. */
  readonly kafkaRate: number;
  readonly control: { readonly endpointsFile: string; readonly token: string };
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
}

/** `stop` and `pause` both mean: finish, commit and exit; what happens to state and offsets then is the service's work. */
export type DesiredRun = 'run' | 'pause' | 'stop';

export interface HeartbeatReply {
  /** `exit` when the service does not know this worker any more (a newer one owns the run). */
  readonly desired: DesiredRun | 'exit';
  readonly kafkaRate: number;
  /** How long to wait before the next heartbeat. */
  readonly intervalMs: number;
}
