import type {
  OpenAnswer,
  PrepareAnswer,
  RangeAnswer,
  RangeRequest,
  RunAnswer,
  RunEvent,
  RunSpec,
  SnapshotResult,
} from '@penstock/model';
import type { ThreadReport } from '../standalone/thread-messages.ts';
import type { RateCells } from '../task/rate-limiter.ts';

/** What the main thread of a worker in Cluster Mode and its task threads say to each other. */

export interface RangeThreadInput {
  readonly spec: RunSpec;
  readonly thread: number;
  readonly rate: RateCells;
}

/** Requests are handed through; which thread is asked is part of them, or, to prepare, thread 0. */
export type ToRangeThread = Exclude<RangeRequest, { kind: 'hello' }>;

/** Answers as the executor gets them, but that a run's report is of this thread alone. */
export type FromRangeThread =
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** Reads a source that is paced by tokens, from now on. */
  | { readonly kind: 'takes-tokens' }
  | { readonly kind: 'answer'; readonly answer: ThreadAnswer };

export type ThreadAnswer =
  | ({ readonly id: number; readonly ok: true; readonly startProgress?: number } & (
      | PrepareAnswer
      | OpenAnswer
      | ThreadRunAnswer
    ))
  | Extract<RangeAnswer, { ok: false }>;

export interface ThreadRunAnswer extends Omit<RunAnswer, 'report'> {
  readonly thread: ThreadReport;
  readonly snapshot?: SnapshotResult;
}
