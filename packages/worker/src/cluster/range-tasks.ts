import { type Plan, ThreadTime } from '@penstock/engine';
import { type KafkaClient, openFeeds, type PartitionFeeds, PositionRecords, type TopicAdmin } from '@penstock/kafka';
import {
  AppError,
  manifestTopicOf,
  type RunEvent,
  type RunLayout,
  type RunSpec,
  type StageCounters,
  sourceTasksOf,
  type TaskPlace,
  type TaskPosition,
  type TaskProgress,
  type TaskRange,
  type Work,
} from '@penstock/model';
import type { RunServices } from '../services/open-look-ups.ts';
import { SqlPools } from '../services/sql-pools.ts';
import type { SnapshotCatcher } from '../snapshot/snapshot-catcher.ts';
import type { ThreadReport } from '../standalone/thread-messages.ts';
import { InlineRunner } from '../task/inline-runner.ts';
import type { RateCells } from '../task/rate-limiter.ts';
import { addAllWork, addCounters, addWork } from '../task/sum-counters.ts';
import { TaskRunner } from '../task/task-runner.ts';
import { longestWaiting } from '../task/waiting-state.ts';
import { withinPatience } from './patience.ts';
import { RangePace } from './range-pace.ts';

export interface RangeTasksDeps extends RunServices {
  readonly spec: RunSpec;
  readonly plan: Plan;
  readonly layout: RunLayout;
  readonly client: KafkaClient;
  readonly admin: TopicAdmin;
  readonly rate: RateCells;
  onEvent(event: RunEvent): void;
  /** Called when a task begins that is paced by tokens of `rate`. */
  onTakesTokens(): void;
}

interface RangeTask {
  readonly runner: TaskRunner | InlineRunner;
  readonly pace: RangePace;
  readonly ready: Promise<void>;
  /** Resolves when the runner has ended, however it did. */
  readonly ended: Promise<void>;
  /** Who looks at its records at present. */
  catcher: SnapshotCatcher | undefined;
}

/**
 * The tasks of one thread in Cluster Mode. Who holds which task is the driver's decision: what it names is taken, if
 * need be from whoever had it; what it no longer names is let go. Taking a task fences its older owners, so that the
 * worst a confused cluster can do is to fence back and forth.
 */
export class RangeTasks {
  readonly #deps: RangeTasksDeps;
  readonly #feeds: PartitionFeeds;
  readonly #databases: SqlPools;
  readonly #positions: PositionRecords;
  readonly #tasks = new Map<string, RangeTask>();
  /** How many requests are working on a task. */
  readonly #inUse = new Map<string, number>();
  /** What tasks that are gone had counted. */
  readonly #past: {
    stages: Record<string, StageCounters>;
    work: Work;
    recordsRead: number;
    bytesRead: number;
    recordsWritten: number;
    startProgress: number;
  } = {
    stages: {},
    work: {},
    recordsRead: 0,
    bytesRead: 0,
    recordsWritten: 0,
    startProgress: 0,
  };
  readonly #time = new ThreadTime();
  #isFinished = false;

  constructor(deps: RangeTasksDeps) {
    this.#deps = deps;
    this.#feeds = openFeeds(deps.client, { isolation: 'read-committed' });
    this.#databases = new SqlPools(deps.spec);
    this.#positions = new PositionRecords(deps.client, manifestTopicOf(deps.spec.pipelineId));
  }

  /** True once a source without a topic has no more records. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Counts up with what is done to get tasks ready. */
  get startProgress(): number {
    return this.report().startProgress;
  }

  /**
   * Takes over tasks; resolves with their positions once each is fenced and restored. Where that takes longer than the
   * asker should be left without a word it rejects, retryable, and goes on: asked again, it answers with what came of it.
   * Errors: `START_UNDER_WAY`, or what it waits for.
   */
  async open(places: readonly TaskPlace[]): Promise<TaskPosition[]> {
    const opened = await withinPatience(Promise.all(places.map((place) => this.#opened(place))), () =>
      longestWaiting([...this.#tasks.values()].map(({ runner }) => runner.waiting)),
    );
    return opened.map(({ runner, pace }) => ({
      ...runner.place,
      committedOffset: runner instanceof InlineRunner || runner.topic === undefined ? null : pace.committedOffset,
      endOffset: runner.progress().endOffset,
    }));
  }

  /** Works off ranges and commits them; lets go of tasks that are not named. */
  async run(ranges: readonly TaskRange[], catcher: SnapshotCatcher | undefined): Promise<TaskProgress[]> {
    const named = new Set(ranges.map(keyOf));
    // What another request is working on is not left: after the loss of an executor two of them may come to one thread.
    const left = [...this.#tasks.keys()].filter((key) => !named.has(key) && !this.#inUse.has(key));
    const [tasks] = await Promise.all([
      Promise.all(ranges.map((range) => this.#runRange(range, catcher))),
      ...left.map((key) => this.#letGo(key)),
    ]);
    return tasks.map(({ runner }) => runner.progress());
  }

  report(): ThreadReport {
    const stages: Record<string, StageCounters> = {};
    const work: Work = {};
    const report = { ...this.#past, stages, work };
    addCounters(stages, this.#past.stages);
    addAllWork(work, this.#past.work);
    for (const { runner } of this.#tasks.values()) {
      report.recordsRead += runner.recordsRead;
      report.bytesRead += runner.bytesRead;
      report.recordsWritten += runner.recordsWritten;
      report.startProgress += runner.startProgress;
      addCounters(stages, runner.counters());
      addWork(work, runner.place.part, runner.work());
    }
    return { tasks: [], ...report };
  }

  async #runRange(range: TaskRange, catcher: SnapshotCatcher | undefined): Promise<RangeTask> {
    const key = keyOf(range);
    const known = this.#tasks.get(key);
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + 1);
    try {
      return await this.#takeAndAdvance(range, known, catcher);
    } finally {
      const others = (this.#inUse.get(key) ?? 1) - 1;
      if (others === 0) this.#inUse.delete(key);
      else this.#inUse.set(key, others);
    }
  }

  async #takeAndAdvance(
    range: TaskRange,
    known: RangeTask | undefined,
    catcher: SnapshotCatcher | undefined,
  ): Promise<RangeTask> {
    try {
      return await this.#advance(await this.#opened(range), range, catcher);
    } catch (error) {
      // It had the task from before and learns only now that somebody took it in between; being asked, it takes it back.
      if (known === undefined || !isOutOfDate(error)) throw error;
      await this.#letGo(keyOf(range));
      return await this.#advance(await this.#opened(range), range, catcher);
    }
  }

  async #advance(task: RangeTask, range: TaskRange, catcher: SnapshotCatcher | undefined): Promise<RangeTask> {
    const { runner, pace } = task;
    if (task.catcher !== catcher) {
      task.catcher = catcher;
      runner.observe(catcher?.observerOf(runner.place));
    }
    // What reads no topic has no ranges: being named is all.
    if (runner instanceof InlineRunner || runner.topic === undefined) return task;
    if (pace.committedOffset < range.from) throw gapBefore(range, pace.committedOffset);
    await pace.advance(range.until);
    return task;
  }

  async #opened(place: TaskPlace): Promise<RangeTask> {
    const key = keyOf(place);
    const task = this.#tasks.get(key) ?? this.#open(key, { part: place.part, partition: place.partition });
    await task.ready;
    return task;
  }

  #open(key: string, place: TaskPlace): RangeTask {
    const { spec, plan, layout, client, admin, rate, lookUps, references, onEvent } = this.#deps;
    const pace = new RangePace();
    const ready = Promise.withResolvers<void>();
    let isOver = false;
    const deps = {
      spec,
      plan,
      topics: layout.topics,
      cuts: layout.cuts,
      sourcePartitions: sourceTasksOf(layout),
      client,
      admin,
      positions: this.#positions,
      feeds: this.#feeds,
      time: this.#time,
      rate,
      lookUps,
      references,
      pace,
      clock: { now: () => Date.now() },
      onEvent,
      onReady: () => ready.resolve(),
      onFirstCommit: () => undefined,
      sql: (connection: string) => this.#databases.of(connection),
      onFinished: () => {
        isOver = true;
        // Beside other sources it only falls silent.
        if (plan.sources.length === 1) this.#isFinished = true;
      },
      // Only the driver knows who is to have a task: it will ask again, here or elsewhere.
      confirmOwner: () => Promise.resolve(false),
    };
    const isInline = plan.parts[place.part]?.input.kind === 'inline';
    if (isInline) this.#deps.onTakesTokens();
    const runner = isInline ? new InlineRunner(place, deps) : new TaskRunner(place, deps);
    const end = (error: unknown): void => {
      // A source that has ended stays, else the next batch would begin it again.
      if (isOver) return;
      this.#retire(key, task);
      ready.reject(error);
      pace.fail(error);
    };
    const ended = runner.run().then(() => end(taskClosed(place)), end);
    const task: RangeTask = { runner, pace, ready: ready.promise, ended, catcher: undefined };
    // Whoever waits for it is told; it may be that nobody does.
    ready.promise.catch(() => undefined);
    this.#tasks.set(key, task);
    return task;
  }

  #retire(key: string, { runner }: RangeTask): void {
    this.#tasks.delete(key);
    this.#past.recordsRead += runner.recordsRead;
    this.#past.bytesRead += runner.bytesRead;
    this.#past.recordsWritten += runner.recordsWritten;
    this.#past.startProgress += runner.startProgress;
    addCounters(this.#past.stages, runner.counters());
    addWork(this.#past.work, runner.place.part, runner.work());
  }

  /** Ends a task that belongs to somebody else by now, or is to be taken anew. */
  async #letGo(key: string): Promise<void> {
    const task = this.#tasks.get(key);
    if (task === undefined) return;
    task.runner.drain();
    await task.ended;
  }
}

const keyOf = ({ part, partition }: TaskPlace): string => `${part}/${partition}`;

const isOutOfDate = (error: unknown): boolean =>
  error instanceof AppError && (error.code === GAP || error.code === 'RUN_TAKEN_OVER');

const taskClosed = ({ part, partition }: TaskPlace): AppError =>
  new AppError('TASK_CLOSED', `The task of partition ${partition} of part ${part} was closed.`, {
    domain: 'internal',
    retryable: true,
  });

const GAP = 'RANGE_NOT_CONTIGUOUS';

/** Between what is committed and what is asked for lie records that nobody would process: to be told, not got over. */
const gapBefore = (range: TaskRange, committed: number): AppError =>
  new AppError(
    GAP,
    `Offsets ${range.from} to ${range.until} of partition ${range.partition} (part ${range.part} of the plan) do not follow on the committed offset ${committed}. Was the consumer group changed from outside?`,
    { domain: 'external', params: { ...range, committed } },
  );
