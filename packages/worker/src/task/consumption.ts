import {
  type Clock,
  type DefinedBatch,
  type Plan,
  type SourceBatch,
  type Task,
  type TaskLog,
  TaskWork,
} from '@penstock/engine';
import type { PartitionFeed } from '@penstock/kafka';
import { AppError, type RunEvent } from '@penstock/model';
import { isWorkedOff } from '../services/patient-end.ts';
import type { Messages } from './batches/join-messages.ts';
import { OpenBatch } from './batches/open-batch.ts';
import type { Pace } from './pace.ts';
import type { Suspects } from './refused-record.ts';
import { FLUSH_BYTES, nextTurn, TURN_MS } from './wait.ts';

export interface ConsumptionOptions {
  readonly plan: Plan;
  /** Undefined: nothing is read, and commits have no position. */
  readonly topic: string | undefined;
  readonly partition: number;
  /** Present where stages work on batches: then the input is worked off a batch at a time. */
  readonly batch?: DefinedBatch | undefined;
  readonly task: Task;
  readonly log: TaskLog;
  readonly feed: PartitionFeed;
  /** Where the feed starts: the committed offset. */
  readonly start: number;
  readonly pace: Pace;
  readonly suspects: Suspects;
  /** The task's own. */
  readonly work?: TaskWork;
  readonly clock: Clock;
  /** Offset at which the input ends for good; Infinity while it does not. */
  finishAt(): number;
  onEvent(event: RunEvent): void;
  /** Messages worked off and their bytes. */
  onRead(records: number, bytes: number): void;
  /** After each commit: the new position and the records written in it. */
  onCommit(position: number, written: number): void;
}

/**
 * Records handed to the stages at once. Few enough that they are gone before the next sweep of the young generation;
 * stages that take whole batches (scripts) pay for each one and get larger ones.
 */
const CHUNK = 256;
const BATCH_CHUNK = 1000;
/** A call of a slow stage that takes longer than this gets fewer records the next time. */
const LONG_MS = 10_000;
/** So does one for which this much was asked outside: nobody knows before how large answers are. */
const MANY_BYTES = 8 * 1024 * 1024;
const LEAST_AT_ONCE = 16;
const IDLE_WAIT_MS = 250;
const TICK_MS = 1000;
/**
 * A partition without news is committed again this often: brokers drop the offset of a partition that nobody commits
 * for `offsets.retention.minutes`, by default 7 days.
 */
const KEEP_UP_MS = 6 * 3600_000;
/** Answers without records, although the end is further on, after which the rest is taken for a gap. */
const GAP_ANSWERS = 5;

/** Works off the input of an open task, from its position on, and commits, until it is drained or something fails. */
export class Consumption {
  readonly #options: ConsumptionOptions;
  /** The next offset to work off; what waits for the rest of its batch is not. */
  #position: number;
  /** The next offset to read. */
  #read: number;
  readonly #open: OpenBatch | undefined;
  #committed: number;
  #committedAt: number;
  #tickedAt: number;
  /** Records worked off since the last commit, and the last of them. */
  #uncommitted = 0;
  readonly #isSlow: boolean;
  readonly #mostAtOnce: number;
  /** Records handed to the stages next. */
  #chunk: number;
  readonly #spent: TaskWork;
  #last = -1;
  /** An end of the partition that has not been reached yet, and when it was the end. */
  #end: { readonly offset: number; readonly at: number } | undefined;
  #endSeenAt = -1;

  constructor(options: ConsumptionOptions) {
    this.#options = options;
    this.#isSlow = options.task.isSlow;
    this.#mostAtOnce = options.task.takesBatches ? BATCH_CHUNK : CHUNK;
    this.#chunk = options.task.askedBytes === undefined ? this.#mostAtOnce : LEAST_AT_ONCE;
    this.#spent = options.work ?? new TaskWork();
    this.#position = options.start;
    this.#read = options.start;
    this.#open = options.batch === undefined ? undefined : new OpenBatch(options.batch);
    this.#committed = options.start;
    this.#committedAt = options.clock.now();
    this.#tickedAt = this.#committedAt;
  }

  /** Resolves when the signal has come, or the end of the input, and everything worked off is committed. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#isFinished) {
      const batch = await this.#next(signal);
      if (batch !== undefined) await this.#work(batch, signal);
      else this.#skipGap();
      if (this.isGathering) await this.#closeBatchWhenDue(signal);
      await this.#commitWhenDue(signal);
    }
    if (this.#hasUncommitted) await this.#commit();
  }

  get #isFinished(): boolean {
    return !this.isGathering && this.#isAtFinish;
  }

  /** Offsets that hold no records, at the end, are never reached. */
  get #isAtFinish(): boolean {
    const { feed, finishAt } = this.#options;
    const end = finishAt();
    return this.#read >= end || (feed.emptyAnswers >= GAP_ANSWERS && feed.endOffset >= end);
  }

  /** Whether records wait for the rest of their batch: that is no standstill. */
  get isGathering(): boolean {
    return this.#open !== undefined && this.#open.count > 0;
  }

  /** Nothing is left to be worked off in front of this offset but what waits for its batch. */
  #readTo(offset: number): void {
    this.#read = Math.max(this.#read, offset);
    if (!this.isGathering) this.#position = this.#read;
  }

  /** What was worked off since the last commit, for finding out which of it cannot be committed. */
  get attempt(): { readonly count: number; readonly last: number; readonly position: number } {
    return { count: this.#uncommitted, last: this.#last, position: this.#position };
  }

  get #hasUncommitted(): boolean {
    const { log, task } = this.#options;
    return this.#position !== this.#committed || log.pendingRecords > 0 || task.wantsCommit;
  }

  async #commit(): Promise<void> {
    const { log, task, topic, partition, clock, pace, suspects } = this.#options;
    // What the task tells the tasks behind it is no output.
    const written = log.pendingRecords - task.takeReports();
    const offset = this.#position;
    await task.commit(topic === undefined ? undefined : { topic, partition, offset });
    this.#committedAt = clock.now();
    // A commit that moves nothing (a report, a sign of life) says nothing about the records in front of it.
    if (offset !== this.#committed) suspects.committed(offset);
    this.#committed = offset;
    this.#uncommitted = 0;
    this.#options.onCommit(offset, written);
    pace.committed(offset);
  }

  async #commitWhenDue(signal: AbortSignal): Promise<void> {
    const { clock, task, log, plan, pace, suspects } = this.#options;
    const now = clock.now();
    this.#noteCaughtUp();
    if (now - this.#tickedAt >= TICK_MS || task.isBehind) {
      this.#tickedAt = now;
      // As before records: what a slot leads to may pass a stage that takes its time.
      if (this.#isSlow && task.hasSchedules && log.isOpen) await this.#commit();
      const pending = task.tick(now);
      if (pending !== undefined && !(await isWorkedOff(task, pending, signal))) throw signal.reason;
    }
    if (log.pendingBytes > FLUSH_BYTES)
      await (this.#isSlow ? this.#commit() : this.#spent.during(this.#spent.commit, log.flush()));
    if (!this.#hasUncommitted && now - this.#committedAt < KEEP_UP_MS) return;
    const isAtEnd = this.#position >= pace.until && this.#position !== this.#committed;
    const isEnough = this.#uncommitted >= suspects.limit(this.#committed) || task.isFull;
    if (isEnough || isAtEnd || now - this.#committedAt >= plan.commitIntervalMs) await this.#commit();
  }

  /** Tells the task up to when it has worked off everything: when what was once the end has been reached. */
  #noteCaughtUp(): void {
    const { feed, task } = this.#options;
    if (this.#end === undefined && feed.endKnownAt > this.#endSeenAt) {
      this.#endSeenAt = feed.endKnownAt;
      this.#end = { offset: feed.endOffset, at: feed.endKnownAt };
    }
    if (this.#end === undefined || this.#position < this.#end.offset) return;
    task.noteCaughtUp(this.#end.at);
    this.#end = undefined;
  }

  /** The next batch; gets over offsets that are no longer there. */
  async #next(signal: AbortSignal): Promise<SourceBatch | undefined> {
    try {
      const { feed, task, clock } = this.#options;
      const waitMs = Math.min(IDLE_WAIT_MS, this.#open?.waitMs(clock.now()) ?? IDLE_WAIT_MS);
      const next = feed.next(task.isBehind ? 0 : waitMs, signal);
      return await this.#spent.during(this.#spent.idle, next);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'KAFKA_OFFSET_OUT_OF_RANGE') throw error;
      // What was read before the gap is not part of it.
      if (this.#open !== undefined && this.isGathering) await this.#workOff(this.#open.take(), signal);
      return this.#goOnBeyondGap(error);
    }
  }

  /**
   * The policy for what is gone before it was read: it is told, with what was lost, and reading goes on where the next
   * records are. What retention deleted is followed by the earliest offset there is. What a broker has lost at the end
   * (an unclean election) is followed by what is written there next: everything before that was read.
   */
  async #goOnBeyondGap(error: AppError): Promise<never> {
    const { topic, partition, task, clock } = this.#options;
    const { logStartOffset, endOffset } = error.params;
    if (topic === undefined || typeof logStartOffset !== 'number' || typeof endOffset !== 'number') throw error;
    const position = this.#position;
    const isDeleted = logStartOffset > position;
    const next = isDeleted ? logStartOffset : endOffset;
    const lost = isDeleted
      ? `${logStartOffset - position} records were deleted by retention before they were read`
      : `the broker has lost the last ${position - endOffset} of those that were read`;
    this.#options.onEvent({
      at: clock.now(),
      code: 'KAFKA_OFFSET_OUT_OF_RANGE',
      severity: 'error',
      message: `Offset ${position} of ${topic} partition ${partition} is gone (${lost}). Reading goes on at ${next}, ${isDeleted ? 'the earliest there is' : 'the end'}.`,
    });
    // Through the task: what it has done since its last commit counts, with the state it led to.
    await task.commit({ topic, partition, offset: next });
    this.#options.onCommit(next, 0);
    throw new AppError('KAFKA_OFFSET_OUT_OF_RANGE', 'The position was moved to where records are.', {
      domain: 'external',
      retryable: true,
      cause: error,
    });
  }

  /** Compaction can remove everything up to the end; then no record will ever bring the position there. */
  #skipGap(): void {
    const { feed, pace, task } = this.#options;
    if (feed.emptyAnswers < GAP_ANSWERS) return;
    if (!this.isGathering) task.noteCaughtUp(feed.endKnownAt);
    const isGap = feed.endOffset >= pace.until;
    if (isGap) this.#readTo(pace.until);
  }

  /** What takes long is taken in smaller pieces, so that it is committed in between; what has large answers, too. */
  #pace(tookMs: number, askedBytes: number): void {
    if (!this.#isSlow) return;
    if (tookMs > LONG_MS || askedBytes > MANY_BYTES) this.#chunk = Math.max(LEAST_AT_ONCE, this.#chunk >> 1);
    else if (tookMs < LONG_MS / 4 && askedBytes < MANY_BYTES / 4)
      this.#chunk = Math.min(this.#mostAtOnce, this.#chunk * 2);
  }

  async #work(batch: SourceBatch, signal: AbortSignal): Promise<void> {
    const { pace, suspects, clock } = this.#options;
    let turnAt = performance.now();
    let from = 0;
    // Offsets before the first record are a gap, left by compaction or the markers of transactions.
    this.#readTo(batch.count > 0 ? (batch.offsets[0] as number) : batch.nextOffset);
    while (from < batch.count && !signal.aborted) {
      const waiting = this.#open?.count ?? 0;
      // What an earlier fetch has brought counts, too: otherwise halving would never come down to one record.
      const suspected = Math.max(1, suspects.limit(this.#position) - this.#uncommitted - waiting);
      const wanted = Math.min(this.#open?.room ?? this.#chunk, batch.count - from, suspected);
      const granted = pace.grant(batch, from, wanted);
      if (granted === 0) {
        await this.#spent.during(this.#spent.rate, pace.wait(signal));
      } else {
        const messages = { batch, from, to: from + granted };
        from += granted;
        this.#read = from < batch.count ? (batch.offsets[from] as number) : batch.nextOffset;
        if (this.#open === undefined) await this.#workOff(messages, signal);
        else this.#open.add(messages, clock.now());
        if (performance.now() - turnAt > TURN_MS) {
          await nextTurn();
          turnAt = performance.now();
        }
      }
      if (this.isGathering) await this.#closeBatchWhenDue(signal);
      await this.#commitWhenDue(signal);
    }
  }

  /** Works off the open batch once it is whole, or nothing more will come: a range, or the input, ends here. */
  async #closeBatchWhenDue(signal: AbortSignal): Promise<void> {
    if (this.#open === undefined || !this.isGathering || signal.aborted) return;
    const { clock, pace, suspects } = this.#options;
    const isSuspected = this.#open.count + this.#uncommitted >= suspects.limit(this.#position);
    const isEnd = this.#read >= pace.until || this.#isAtFinish;
    if (isEnd || isSuspected || this.#open.waitMs(clock.now()) === 0) await this.#workOff(this.#open.take(), signal);
  }

  /** Works off all that was read; `messages` are the last of it. */
  async #workOff({ batch, from, to }: Messages, signal: AbortSignal): Promise<void> {
    const { task, log, clock } = this.#options;
    // A transaction that is open while a script runs for a minute is given up by the broker, again and again.
    if (this.#isSlow && log.isOpen) await this.#commit();
    this.#uncommitted += to - from;
    this.#last = batch.offsets[to - 1] as number;
    const begunAt = clock.now();
    const pending = task.process(batch, from, to);
    if (pending !== undefined && !(await isWorkedOff(task, pending, signal))) throw signal.reason;
    this.#pace(clock.now() - begunAt, task.askedBytes ?? 0);
    this.#options.onRead(to - from, bytesOf(batch, from, to));
    this.#position = this.#read;
  }
}

const bytesOf = (batch: SourceBatch, from: number, to: number): number => {
  let bytes = 0;
  for (let i = from; i < to; i++) bytes += (batch.valueEnd[i] as number) - (batch.valueStart[i] as number);
  return bytes;
};
