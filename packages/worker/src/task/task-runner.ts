import {
  type Clock,
  inputTopicOf,
  keepsState,
  type Plan,
  type PlanPart,
  type RecordObserver,
  SOURCE_PARTITIONING_REFUTED,
  type SqlPool,
  TARGET_FENCED,
  Task,
  type TaskLog,
  type TaskOptions,
  TaskWork,
  type ThreadTime,
} from '@penstock/engine';
import {
  headersOf,
  isKafkaError,
  type KafkaClient,
  openTaskLog,
  type PartitionFeed,
  type PartitionFeeds,
  type PositionRecords,
  partitionForKey,
  readChangelog,
  silentFeed,
  type TopicAdmin,
} from '@penstock/kafka';
import {
  AppError,
  consumerGroupOf,
  DeliveryGuarantee,
  type KeptCut,
  messageOf,
  type PartWork,
  type RunEvent,
  type RunSpec,
  type StageCounters,
  type TaskPlace,
  type TaskProgress,
  type TaskTopics,
  type Waiting,
} from '@penstock/model';
import { keepRefutation } from '../plan/source-partitioning.ts';
import { type GroupAnswer, startPosition } from '../positions/start-position.ts';
import type { RunServices } from '../services/open-look-ups.ts';
import { Consumption } from './consumption.ts';
import { mendMissingTopics } from './missing-topics.ts';
import type { Pace } from './pace.ts';
import { Suspects } from './refused-record.ts';
import { addStage } from './sum-counters.ts';
import { taskLogOptions } from './task-log-options.ts';
import { betweenPieces, wait } from './wait.ts';
import { WaitingState } from './waiting-state.ts';

export interface TaskRunnerDeps extends RunServices {
  readonly spec: RunSpec;
  readonly plan: Plan;
  readonly topics: TaskTopics;
  /** The cuts of the plan: see `RunLayout`. */
  readonly cuts: readonly KeptCut[];
  /** Partitions of each source as the run was prepared: see `RunLayout`. */
  readonly sourcePartitions: readonly number[];
  readonly client: KafkaClient;
  readonly admin: TopicAdmin;
  readonly positions: PositionRecords;
  readonly feeds: PartitionFeeds;
  readonly pace: Pace;
  /** Of the thread the task runs in; absent: it has it to itself. */
  readonly time?: ThreadTime;
  readonly clock: Clock;
  onEvent(event: RunEvent): void;
  /** Called once, when the task works for the first time. */
  onReady(): void;
  /** Called once, after the first commit of records. */
  onFirstCommit(): void;
  /** Resolves to true when the service confirms that this worker still owns the run. */
  confirmOwner(): Promise<boolean>;
  /** The database of a connection that the run was given. */
  readonly sql: (connection: string) => SqlPool;
}

const POSITION_MOVED = 'POSITION_MOVED';
const FIRST_BACKOFF_MS = 500;
/** Characters of a reason in every heartbeat. */
const MAX_TROUBLE = 300;
const MAX_BACKOFF_MS = 10_000;
/** Of a batch that is sent: halved each time a topic refuses one for its size. */
const MAX_BATCH_BYTES = 1_000_000;
const MIN_BATCH_BYTES = 1000;

/**
 * Keeps one task running: opens it (fence, restore, position), feeds it, commits, and makes it anew after errors that
 * can pass. Resolves when it was drained; rejects with what cannot be helped by trying again.
 */
export class TaskRunner {
  readonly place: TaskPlace;
  readonly #deps: TaskRunnerDeps;
  /** Undefined: it reads none, since a clock makes its records. */
  readonly #topic: string | undefined;
  readonly #drain = new AbortController();
  readonly #suspects = new Suspects();
  readonly #waiting: WaitingState;
  readonly #work: TaskWork;
  #feed: PartitionFeed | undefined;
  #consuming: Consumption | undefined;
  #maxBatchBytes: number | undefined;
  #task: Task | undefined;
  #observer: RecordObserver | undefined;
  #counters: Record<string, StageCounters> = {};
  /** Counters of tasks that were replaced: what a transaction did not commit was done again, so they only approximate. */
  readonly #committedCounters = new Map<string, StageCounters>();
  #finishing: Promise<void> | undefined;
  #finishAt = Number.POSITIVE_INFINITY;
  #isReady = false;
  #hasCommitted = false;
  #committed = -1;
  #lookedUpEnd = -1;
  #movedAt: number;
  #committedAt: number | undefined;
  #trouble: string | undefined;
  recordsRead = 0;
  bytesRead = 0;
  recordsWritten = 0;
  /** Counts up with what is done to get ready: see `Heartbeat.startProgress`. */
  startProgress = 0;

  constructor(place: TaskPlace, deps: TaskRunnerDeps) {
    this.place = place;
    this.#deps = deps;
    this.#topic = inputTopic(place, deps);
    this.#movedAt = deps.clock.now();
    this.#waiting = new WaitingState(deps.clock);
    this.#work = new TaskWork(deps.time);
  }

  drain(): void {
    this.#drain.abort();
  }

  /**
   * Ends once everything is worked off that is in the input now; nobody writes to it any more. What cannot be found out
   * ends at once, with what is under way.
   */
  finish(): void {
    this.#finishing ??= this.#endOfInput().then(
      (end) => {
        this.#finishAt = end;
      },
      (error: unknown) => {
        this.#deps.onEvent({
          at: this.#deps.clock.now(),
          code: 'CUTS_NOT_DRAINED',
          severity: 'warning',
          message: `How much waits in ${this.#name} could not be looked up: ${messageOf(error)}`,
        });
        this.drain();
      },
    );
  }

  async #endOfInput(): Promise<number> {
    const { partition } = this.place;
    if (this.#topic === undefined) return 0;
    // The markers of the last transactions may not be written yet: what is stable now is not all there is.
    const ends = await this.#deps.admin.latestOffsets(this.#topic, 'read-uncommitted', [partition]);
    const end = ends.get(partition);
    if (end === undefined) throw new AppError('POSITION_UNKNOWN', 'Kafka did not say.', { domain: 'external' });
    return end;
  }

  async run(): Promise<void> {
    let backoff = FIRST_BACKOFF_MS;
    while (!this.#drain.signal.aborted) {
      const before = this.#committed;
      try {
        await this.#runTask();
        return;
      } catch (error) {
        // Told to end while it was still getting ready: nothing is open, and nothing was lost.
        if (this.#drain.signal.aborted && error === this.#drain.signal.reason) return;
        if (error instanceof AppError && error.code === SOURCE_PARTITIONING_REFUTED) await this.#keepRefutation();
        if (this.#looksFor(error)) continue;
        if (!(await this.#isMended(error)) && !canPass(error)) throw error;
        this.#waiting.failed(error);
        if (this.#committed > before) backoff = FIRST_BACKOFF_MS;
        if (isFenced(error) && !(await this.#deps.confirmOwner()))
          throw new AppError('RUN_TAKEN_OVER', 'A newer worker has taken over this run.', {
            domain: 'external',
            cause: error,
          });
        this.#trouble = messageOf(error).slice(0, MAX_TROUBLE);
        this.#deps.onEvent({
          at: this.#deps.clock.now(),
          code: error instanceof AppError ? error.code : 'TASK_FAILED',
          severity: 'warning',
          message: `${this.#name} is taken up again in ${backoff} ms: ${messageOf(error)}`,
        });
        await wait(backoff, this.#drain.signal);
        backoff = Math.min(backoff * 2, MAX_BACKOFF_MS);
      }
    }
  }

  #keepRefutation(): Promise<void> {
    const { spec, plan, cuts, admin, sourcePartitions } = this.#deps;
    return keepRefutation(spec, plan, cuts, admin, { source: this.place.part, sourcePartitions });
  }

  /** Tasks of the source it belongs to, as all of them reckon; undefined behind a cut. */
  get #sourceTasks(): number | undefined {
    return this.#deps.sourcePartitions[this.place.part];
  }

  /** A topic that was deleted under the task may have been made anew: see `mendMissingTopics`. */
  #isMended(error: unknown): Promise<boolean> {
    const { topics, plan, admin, onEvent, clock } = this.#deps;
    const { topics: written = [] } = taskLogOptions(plan, this.place, topics);
    return mendMissingTopics(error, {
      topics,
      input: this.#topic,
      written,
      admin,
      tell: (event) => onEvent({ at: clock.now(), ...event }),
    });
  }

  /** True where the task is to be made anew at once, to find out which record cannot be committed. */
  #looksFor(error: unknown): boolean {
    const outcome = this.#consuming === undefined ? undefined : this.#suspects.narrow(error, this.#consuming.attempt);
    this.#consuming = undefined;
    if (outcome === undefined) return false;
    if (isKafkaError(error, 'KAFKA_BATCH_REFUSED'))
      this.#maxBatchBytes = Math.max(MIN_BATCH_BYTES, (this.#maxBatchBytes ?? MAX_BATCH_BYTES) / 2);
    if (outcome === 'found')
      this.#deps.onEvent({
        at: this.#deps.clock.now(),
        code: 'RECORD_NOT_COMMITTABLE',
        severity: 'warning',
        message: `${this.#name}: a record cannot be committed and is an error now: ${messageOf(error)}`,
      });
    return true;
  }

  /** What it waits for at present. */
  get waiting(): Waiting | undefined {
    return this.#waiting.current;
  }

  /** Time spent waiting is no time stood still. */
  excuse(): void {
    this.#movedAt = this.#deps.clock.now();
  }

  /** The topic the task reads; undefined: none, and so it has no position. */
  get topic(): string | undefined {
    return this.#topic;
  }

  /** For people. */
  get #name(): string {
    const { partition } = this.place;
    return this.#topic === undefined ? `Task ${partition} of the clock` : `Partition ${partition} of "${this.#topic}"`;
  }

  /** Tells the task how far its partition reaches: while it has enough to do it fetches nothing and would not know. */
  noteEnd(offset: number): void {
    this.#lookedUpEnd = offset;
  }

  progress(): TaskProgress {
    const end = Math.max(this.#feed?.endOffset ?? -1, this.#lookedUpEnd);
    const lag = end < 0 || this.#committed < 0 ? 0 : Math.max(0, end - this.#committed);
    const now = this.#deps.clock.now();
    const isAtRest = (lag === 0 && this.#isReady) || this.#waiting.current !== undefined;
    if (isAtRest || this.#consuming?.isGathering === true) this.#movedAt = now;
    return {
      part: this.place.part,
      topic: this.#topic ?? '',
      partition: this.place.partition,
      committedOffset: this.#committed,
      endOffset: end,
      lag,
      stalledMs: Math.max(0, now - this.#movedAt),
      ...(this.#committedAt === undefined ? {} : { lastCommitAgeMs: Math.max(0, now - this.#committedAt) }),
      ...eventLagOf(this.#work, now, lag > 0),
      ...heldBackOf(this.#feed, now),
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
    };
  }

  counters(): Readonly<Record<string, StageCounters>> {
    return this.#counters;
  }

  /** How its time is spent. */
  work(): PartWork {
    return this.#work.report();
  }

  /** Shows the records of the running task to somebody, until told otherwise. */
  observe(observer: RecordObserver | undefined): void {
    this.#observer = observer;
    this.#task?.observe(observer);
  }

  /** One life of the task: from fencing to draining, or to the first error. */
  async #runTask(): Promise<void> {
    const { spec, plan, client, admin, topics, clock, lookUps, references } = this.#deps;
    const { part, partition } = this.place;
    // Before anybody is fenced: nothing could be done with the task meanwhile.
    await references.complete();
    const inputPartitions = this.#topic === undefined ? this.#sourceTasks : await admin.partitionCount(this.#topic);
    const log = await openTaskLog(client, {
      ...taskLogOptions(plan, this.place, topics),
      ...(this.#maxBatchBytes === undefined ? {} : { maxBatchBytes: this.#maxBatchBytes }),
    });
    let task: Task | undefined;
    try {
      task = await Task.open({
        plan,
        part: plan.parts[part] as Plan['parts'][number],
        partition,
        ...(inputPartitions === undefined ? {} : { inputPartitions }),
        runId: spec.runId,
        topics,
        log,
        clock,
        lookUps,
        references: references.held,
        headersOf,
        partitionForKey,
        sql: this.#deps.sql,
        work: this.#work,
        onPiece: betweenPieces(log, () => task?.isSlow === true),
        ...this.#ownersOf(inputPartitions),
        onLog: (level, stage, message) =>
          this.#deps.onEvent({ at: clock.now(), code: 'STAGE_LOG', severity: level, message: `${stage}: ${message}` }),
      });
      task.observe(this.#observer);
      this.#suspects.tell(task);
      this.#task = task;
      await this.#restore(task);
      await task.opened(clock.now());
      const start = this.#topic === undefined ? this.#startOfClock(task) : await this.#startPosition(this.#topic, log);
      this.#counters = carryOn(this.#committedCounters, task.counters());
      this.#feed = await this.#openFeed(start);
      this.#deps.pace.committed(start);
      this.startProgress += 1;
      this.#ready();
      await (this.#topic === undefined ? this.#beginByClock(task) : this.#begin(this.#topic, task, log, start));
      this.#waiting.worked();
      this.#work.opened();
      this.#consuming = this.#consumption(task, log, this.#feed, start);
      await this.#consuming.run(this.#drain.signal);
    } finally {
      this.#task = undefined;
      this.#work.closed();
      this.#feed?.close();
      await (task ?? log).close();
    }
  }

  async #openFeed(start: number): Promise<PartitionFeed> {
    const { partition } = this.place;
    if (this.#topic === undefined) return silentFeed(partition, this.#deps.clock);
    // From the first report on it is known how much there is to do.
    const ends = await this.#deps.admin.latestOffsets(this.#topic, 'read-committed', [partition]);
    this.noteEnd(ends.get(partition) ?? -1);
    return this.#deps.feeds.open(this.#topic, partition, start);
  }

  /** Takes the targets over, and tells them where the task begins. */
  async #begin(topic: string, task: Task, log: TaskLog, start: number): Promise<void> {
    const { partition } = this.place;
    if (await task.claim({ topic, partition })) await this.#confirmStart(topic, log, start);
    await task.begin({ topic, partition, offset: start });
  }

  /**
   * A clock begins nowhere, and has no position that somebody might have moved. But a newer owner may have made slots
   * between what was restored here and the claim: then this commit, which changes nothing, is refused by Kafka.
   */
  async #beginByClock(task: Task): Promise<void> {
    if (!(await task.claim({ topic: '', partition: this.place.partition }))) return;
    task.restateSlots();
    await task.commit(undefined);
  }

  /** A target that is away does not keep the pipeline from having started: it waits, and its health says what for. */
  #ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#movedAt = this.#deps.clock.now();
    this.#deps.onReady();
  }

  /**
   * All tasks of a run have the same idea of how many they are: a source may have got partitions since, and cuts have
   * the number they were made with.
   */
  #ownersOf(inputPartitions: number | undefined): Pick<TaskOptions, 'owners'> {
    const tasks = this.#sourceTasks ?? inputPartitions;
    return tasks === undefined ? {} : { owners: { tasks, partitionFor: partitionForKey } };
  }

  async #restore(task: Task): Promise<void> {
    if (this.#deps.plan.parts[this.place.part]?.stages.some(keepsState) !== true) return;
    await readChangelog(this.#deps.client, {
      topic: this.#deps.topics.state,
      partition: this.place.partition,
      onEntry: (entry) => {
        this.startProgress += 1;
        task.restore(entry);
      },
      // The log fenced whoever wrote this task's entries; another part of the plan may be writing beside them.
      open: 'leave-out',
      signal: this.#drain.signal,
    });
  }

  /**
   * Where to go on: whoever prepared the run has seen to it that it is known. Nobody decides here where to begin: a
   * position that is not known is not one. The records are read after the tasks before were fenced, so that every commit
   * of theirs is in them.
   */
  async #startPosition(topic: string, log: TaskLog): Promise<number> {
    const { spec, plan, positions, clock } = this.#deps;
    const { partition } = this.place;
    const group = consumerGroupOf(spec.pipelineId);
    const recorded = (await positions.read(this.#drain.signal)).get(topic)?.get(partition);
    const start = startPosition(`partition ${partition} of "${topic}"`, {
      group: await this.#groupOffset(group, topic, recorded !== undefined),
      recorded,
      isExactlyOnce: plan.deliveryGuarantee === DeliveryGuarantee.ExactlyOnce,
    });
    if (start === undefined)
      throw new AppError(
        'POSITION_UNKNOWN',
        `Nobody knows how far partition ${partition} of "${topic}" was read: neither the consumer group "${group}" nor the records kept with the state.`,
        { domain: 'external', retryable: true, params: { topic, partition } },
      );
    const { offset, told } = start;
    if (told !== undefined) {
      this.#deps.onEvent({ at: clock.now(), severity: 'warning', ...told });
      await log.commit({ topic, partition, offset });
    }
    this.#committed = offset;
    return offset;
  }

  /**
   * A target outside has learned of its owner only now. Whoever was it until then may have committed since the position
   * was read, as a newer owner for Kafka too: to go by that position would be to write once more what they wrote.
   */
  async #confirmStart(topic: string, log: TaskLog, start: number): Promise<void> {
    const { partition } = this.place;
    const now = await this.#startPosition(topic, log);
    if (now === start) return;
    throw new AppError(
      POSITION_MOVED,
      `Somebody has moved partition ${partition} of "${topic}" from ${start} to ${now} while the task began.`,
      { domain: 'external', retryable: true, params: { topic, partition, start, now } },
    );
  }

  /** The transactions of the tasks before are over by now: a group that still waits for one of them waits for ever. */
  async #groupOffset(group: string, topic: string, isRecorded: boolean): Promise<GroupAnswer> {
    const { partition } = this.place;
    try {
      return (await this.#deps.admin.groupOffsets(group, topic, [partition])).get(partition);
    } catch (error) {
      if (!isRecorded || !isKafkaError(error, 'KAFKA_TIMEOUT')) throw error;
      return 'unsettled';
    }
  }

  /** There is nothing to be read, and all of it has been; how far a clock is, is how many slots it has had. */
  #startOfClock(task: Task): number {
    this.#committed = task.slots;
    this.noteEnd(task.slots);
    return 0;
  }

  #consumption(task: Task, log: TaskLog, feed: PartitionFeed, start: number): Consumption {
    const { plan, clock, pace, onEvent } = this.#deps;
    const begin = this.#committed;
    return new Consumption({
      plan,
      topic: this.#topic,
      partition: this.place.partition,
      batch: plan.parts[this.place.part]?.batch,
      task,
      log,
      feed,
      start,
      pace,
      suspects: this.#suspects,
      work: this.#work,
      clock,
      finishAt: () => this.#finishAt,
      onEvent,
      onRead: (records, bytes) => {
        if (this.#sourceTasks === undefined) return; // what the pipeline itself wrote is not input
        this.recordsRead += records;
        this.bytesRead += bytes;
      },
      onCommit: (offset, written) => {
        const position = this.#topic === undefined ? task.slots : offset;
        if (this.#topic === undefined) this.noteEnd(position);
        this.#committedAt = clock.now();
        this.#trouble = undefined;
        if (position !== this.#committed) this.#movedAt = this.#committedAt;
        this.recordsWritten += written;
        this.#committed = position;
        if (this.#hasCommitted || position === begin) return;
        this.#hasCommitted = true;
        this.#deps.onFirstCommit();
      },
    });
  }
}

const inputTopic = (place: TaskPlace, deps: TaskRunnerDeps): string | undefined => {
  const part = deps.plan.parts[place.part] as PlanPart;
  if (part.input.kind === 'inline')
    throw new AppError('TASK_WITHOUT_TOPIC', 'An inline source has no topic.', { domain: 'internal' });
  return inputTopicOf(deps.plan, part, deps.topics.cuts) ?? undefined;
};

/** Transactions end all the time: only one that has held something back for a moment is worth a word. */
const HELD_BACK_AFTER_MS = 1000;

const heldBackOf = (feed: PartitionFeed | undefined, now: number): Pick<TaskProgress, 'heldBack'> => {
  if (feed === undefined || feed.heldBackSince < 0) return {};
  const forMs = now - feed.heldBackSince;
  return forMs < HELD_BACK_AFTER_MS ? {} : { heldBack: { records: feed.heldBack, forMs } };
};

/** Absent before a record with a time came. */
export const eventLagOf = (work: TaskWork, now: number, hasBacklog: boolean): Pick<TaskProgress, 'eventLagMs'> => {
  const eventLagMs = work.eventLagMs(now, hasBacklog);
  return eventLagMs === undefined ? {} : { eventLagMs };
};

/** Errors after which the same task can simply be made again. */
const canPass = (error: unknown): boolean => error instanceof AppError && (error.retryable || isFenced(error));

/** By Kafka, or by a destination outside that knows its writers, or as far as can be told from a position. */
const FENCED = ['KAFKA_FENCED', TARGET_FENCED, POSITION_MOVED];
const isFenced = (error: unknown): boolean => error instanceof AppError && FENCED.includes(error.code);

/** Counters go on counting in the objects of the new task. */
const carryOn = (
  kept: Map<string, StageCounters>,
  fresh: Record<string, StageCounters>,
): Record<string, StageCounters> => {
  for (const [name, counters] of Object.entries(fresh)) {
    const before = kept.get(name);
    if (before !== undefined) addStage(counters, before);
    kept.set(name, counters);
  }
  return fresh;
};
