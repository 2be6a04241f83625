import type {
  RunEvent,
  RunFailure,
  SnapshotRequest,
  SnapshotResult,
  StageCounters,
  TaskProgress,
} from '@penstock/model';
import type { RunLayout } from '../prepare/run-layout.ts';
import type { TaskPlace } from '../standalone/thread-messages.ts';

/**
 * What a Spark executor and the worker beside it say to each other, over the worker's standard input and output: each
 * message is its length in bytes (unsigned, 4 bytes, big-endian) and that much JSON in UTF-8. The executor asks, the
 * worker answers; answers carry the number of what they answer and may overtake each other. The worker ends when its
 * standard input does. Its console output goes to standard error.
 *
 * The Java side of this contract is `WorkerProcess` of `cluster/spark-driver`.
 */
export type ClusterRequest =
  /** Is somebody there? */
  | { readonly id: number; readonly kind: 'hello' }
  /**
   * Compiles the document with what Kafka knows of its topics, makes the topics it needs, and says what there is to
   * read. Asked once at the start and every 15 s later, to learn of new partitions. `purge`: also deletes from the
   * repartition topics what has been processed. `layout`: the one tasks run by already; what does not go with it is
   * refused with `PLAN_CHANGED`.
   */
  | { readonly id: number; readonly kind: 'prepare'; readonly purge: boolean; readonly layout?: RunLayout }
  /**
   * Takes over tasks: fences older owners, restores state, finds the position. What takes longer than 15 s is answered
   * with an error, `START_UNDER_WAY` or what is waited for, and goes on: to be asked again.
   */
  | {
      readonly id: number;
      readonly kind: 'open';
      readonly thread: number;
      readonly layout: RunLayout;
      readonly places: readonly TaskPlace[];
    }
  /**
   * Processes ranges and commits each. Names every task that belongs to the thread, those without anything to read
   * with an empty range: what it does not name is closed, and what is not open yet is opened.
   */
  | {
      readonly id: number;
      readonly kind: 'run';
      readonly thread: number;
      readonly layout: RunLayout;
      /** Records per second; only a source without a topic is paced by it here. */
      readonly kafkaRate: number;
      readonly ranges: readonly TaskRange[];
      readonly snapshot?: SnapshotRequest;
    };

/** Offsets `[from, until)` of the input of a task. */
export interface TaskRange extends TaskPlace {
  readonly from: number;
  readonly until: number;
}

export type ClusterAnswer =
  | ({ readonly id: number; readonly ok: true; readonly startProgress?: number } & (
      | HelloAnswer
      | PrepareAnswer
      | OpenAnswer
      | RunAnswer
    ))
  /**
   * `retryable`: asking again, here or elsewhere, may help. `startProgress`: what the thread has done so far to get
   * ready, so that a start that takes long can be told from one that stands still.
   */
  | { readonly id: number; readonly ok: false; readonly startProgress?: number; readonly error: RunFailure };

export interface HelloAnswer {
  readonly workerId: string;
  readonly pid: number;
  readonly threads: number;
}

export interface PrepareAnswer {
  /** Handed back with every later request; means nothing to the driver. */
  readonly layout: RunLayout;
  /** The pipeline's commit interval: the time between two batches. */
  readonly batchIntervalMs: number;
  /** What each part of the plan reads, by index; a source that is in the document itself has no topic and one place. */
  readonly parts: readonly { readonly topic: string | null; readonly partitions: number }[];
}

export interface OpenAnswer {
  readonly positions: readonly TaskPosition[];
}

export interface TaskPosition extends TaskPlace {
  /** Null for a source without a topic, which has no position. */
  readonly committedOffset: number | null;
  /** How far the input reaches; -1 where not known. */
  readonly endOffset: number;
}

export interface RunAnswer {
  /** Of the tasks named in the request. `committedOffset` is at or beyond the end of the range. */
  readonly tasks: readonly TaskProgress[];
  /** True once a source without a topic has no more records. */
  readonly isFinished: boolean;
  /** The worker as a whole, all threads. */
  readonly report: WorkerReport;
}

/** Counters since the worker process started. */
export interface WorkerReport {
  readonly workerId: string;
  readonly pid: number;
  readonly rssMb: number;
  readonly cpuMs: number;
  readonly recordsRead: number;
  readonly bytesRead: number;
  readonly recordsWritten: number;
  readonly stages: Readonly<Record<string, StageCounters>>;
  /** What happened since the last answer. */
  readonly events: readonly RunEvent[];
  /** What was caught so far for the snapshot of the request. */
  readonly snapshot?: SnapshotResult;
}
