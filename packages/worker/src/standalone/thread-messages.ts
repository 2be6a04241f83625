import type {
  RunEvent,
  RunFailure,
  RunSpec,
  SnapshotRequest,
  StageCounters,
  TaskPlace,
  TaskProgress,
  Waiting,
  Work,
} from '@penstock/model';
import type { Assignment } from '../plan/assignment.ts';
import type { SnapshotNews } from '../snapshot/thread-snapshot.ts';
import type { RateCells } from '../task/rate-limiter.ts';

/**
 * What the main thread and the worker threads say to each other. The main thread only keeps the books (heartbeat,
 * rate, life and death) and loads neither Kafka nor operators; thread 0 prepares the run and then works like the rest.
 */

/** What a thread is given when it starts. */
export interface ThreadInput {
  readonly spec: RunSpec;
  readonly thread: number;
  readonly rate: RateCells;
}

export type ToThread =
  /** The tasks of this thread: the first message, once. */
  | { readonly kind: 'assign'; readonly assignment: Assignment }
  /** Finish, commit and exit. */
  | { readonly kind: 'drain' }
  /** Finish the tasks of one part: those behind a cut once they have read all there is, which nobody adds to any more. */
  | { readonly kind: 'drain-part'; readonly part: number }
  /** Take over one more task (the source topic has a new partition). */
  | { readonly kind: 'open'; readonly place: TaskPlace }
  /** Answer to `fenced`: whether this worker still owns the run. */
  | { readonly kind: 'owner'; readonly isOwner: boolean }
  /** Catch records for this snapshot; without a request: for none any more. Only once every thread is ready. */
  | { readonly kind: 'snapshot'; readonly request: SnapshotRequest | undefined };

export interface ThreadReport {
  readonly tasks: readonly TaskProgress[];
  readonly stages: Readonly<Record<string, StageCounters>>;
  /** Times with fractions. */
  readonly work: Work;
  readonly recordsRead: number;
  readonly bytesRead: number;
  readonly recordsWritten: number;
  /** Entries of state restored, and tasks that were taken over. */
  readonly startProgress: number;
}

export type FromThread =
  /** From thread 0: the run is prepared, this is what there is to do. */
  | { readonly kind: 'prepared'; readonly assignment: Assignment }
  /** From thread 0: the source topic has new partitions that can simply be read. */
  | { readonly kind: 'places-added'; readonly places: readonly TaskPlace[] }
  | { readonly kind: 'ready' }
  | { readonly kind: 'report'; readonly report: ThreadReport }
  /** With what has been done to get ready before there are tasks; and what the thread waits for, undefined: nothing. */
  | { readonly kind: 'standing'; readonly prepared: number; readonly waiting: Waiting | undefined }
  /** Together with a report, where records were caught. */
  | ({ readonly kind: 'snapshot' } & SnapshotNews)
  /** A task has committed for the first time: worth telling the service at once, for it judges crashes by progress. */
  | { readonly kind: 'progress'; readonly report: ThreadReport }
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** A task lost its transactional id to somebody else: ask the service who owns the run. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'failed'; readonly failure: RunFailure }
  /** An inline source has nothing more to give. */
  | { readonly kind: 'finished' }
  /** The thread has no tasks of that part any more. */
  | { readonly kind: 'part-drained'; readonly part: number }
  | { readonly kind: 'drained' };
