import { type Plan, ThreadTime } from '@penstock/engine';
import { type KafkaClient, openFeeds, type PartitionFeeds, PositionRecords, type TopicAdmin } from '@penstock/kafka';
import {
  manifestTopicOf,
  type RunLayout,
  type RunSpec,
  type StageCounters,
  sourceTasksOf,
  type TaskPlace,
  type Waiting,
  type Work,
} from '@penstock/model';
import type { RunServices } from '../services/open-look-ups.ts';
import { SqlPools } from '../services/sql-pools.ts';
import { ThreadSnapshot } from '../snapshot/thread-snapshot.ts';
import { InlineRunner, type InlineRunnerDeps } from '../task/inline-runner.ts';
import { ratePace, unlimitedPace } from '../task/pace.ts';
import { type RateCells, shareRate } from '../task/rate-limiter.ts';
import { addCounters, addWork } from '../task/sum-counters.ts';
import { TaskRunner } from '../task/task-runner.ts';
import { longestWaiting } from '../task/waiting-state.ts';
import type { FromThread, ThreadReport } from './thread-messages.ts';

export interface TaskSetDeps extends RunServices {
  readonly spec: RunSpec;
  readonly plan: Plan;
  readonly layout: RunLayout;
  readonly client: KafkaClient;
  readonly admin: TopicAdmin;
  readonly rate: RateCells;
  send(message: FromThread): void;
  fail(error: unknown): void;
}

/** The tasks of one thread. They take turns on its event loop and share its connections. */
export class TaskSet {
  /** Looks at the records of the tasks while somebody wants to see some. */
  readonly snapshot: ThreadSnapshot;
  readonly #deps: TaskSetDeps;
  readonly #feeds: PartitionFeeds;
  readonly #positions: PositionRecords;
  readonly #runners: (TaskRunner | InlineRunner)[] = [];
  readonly #running = new Set<{ readonly runner: TaskRunner | InlineRunner; readonly ended: Promise<void> }>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #databases: SqlPools;
  readonly #time = new ThreadTime();
  #waitingOwner: ((isOwner: boolean) => void)[] = [];
  #notReady = 0;
  #isDraining = false;

  constructor(deps: TaskSetDeps) {
    this.#deps = deps;
    shareRate(deps.rate, deps.plan.sources.length);
    this.#feeds = openFeeds(deps.client, { isolation: 'read-committed' });
    this.#databases = new SqlPools(deps.spec);
    this.#positions = new PositionRecords(deps.client, manifestTopicOf(deps.spec.pipelineId));
    this.snapshot = new ThreadSnapshot(deps.plan);
  }

  /** Resolves once draining was asked for and every task has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  open(place: TaskPlace): void {
    const { plan, fail } = this.#deps;
    this.#notReady++;
    const deps = this.#runnerDeps(place);
    const isInline = plan.parts[place.part]?.input.kind === 'inline';
    const runner = isInline ? new InlineRunner(place, deps) : new TaskRunner(place, deps);
    this.#runners.push(runner);
    this.snapshot.add(runner);
    const ended = runner
      .run()
      .catch(fail)
      .finally(() => {
        this.#running.delete(running);
        this.#endWhenDone();
      });
    const running = { runner, ended };
    this.#running.add(running);
    if (this.#isDraining) runner.drain();
  }

  drain(): void {
    this.#isDraining = true;
    for (const runner of this.#runners) runner.drain();
    this.answerOwner(false);
    this.#endWhenDone();
  }

  /** A part with a source. */
  #isSource(part: number): boolean {
    return part < this.#deps.plan.sources.length;
  }

  /**
   * Resolves once the part has no running task here any more; those behind a cut read to its end first. Sources end
   * together.
   */
  async drainPart(part: number): Promise<void> {
    const isBehindCut = !this.#isSource(part);
    const own = [...this.#running].filter(({ runner: { place } }) =>
      isBehindCut ? place.part === part : this.#isSource(place.part),
    );
    for (const { runner } of own) {
      if (isBehindCut && runner instanceof TaskRunner) runner.finish();
      else runner.drain();
    }
    await Promise.all(own.map(({ ended }) => ended));
  }

  /** Answers the tasks that asked whether this worker still owns the run. */
  answerOwner(isOwner: boolean): void {
    const waiting = this.#waitingOwner;
    this.#waitingOwner = [];
    for (const answer of waiting) answer(isOwner);
  }

  /** Looks up how far the partitions of all tasks reach, so that a lag is true also while nothing is fetched. */
  async lookUpEnds(): Promise<void> {
    const runners = this.#runners.filter((runner) => runner instanceof TaskRunner);
    for (const topic of new Set(runners.flatMap((runner) => runner.topic ?? []))) {
      const ends = await this.#deps.admin.latestOffsets(topic, 'read-committed');
      for (const runner of runners) if (runner.topic === topic) runner.noteEnd(ends.get(runner.place.partition) ?? -1);
    }
  }

  /** What a task waits for, the longest of them. */
  waiting(): Waiting | undefined {
    return longestWaiting(this.#runners.map((runner) => runner.waiting));
  }

  /** Nobody here stands still for reasons of its own while the thread waits. */
  excuse(): void {
    for (const runner of this.#runners) if (runner instanceof TaskRunner) runner.excuse();
  }

  report(): ThreadReport {
    const stages: Record<string, StageCounters> = {};
    const work: Work = {};
    const report = { recordsRead: 0, bytesRead: 0, recordsWritten: 0, startProgress: 0 };
    for (const runner of this.#runners) {
      report.recordsRead += runner.recordsRead;
      report.bytesRead += runner.bytesRead;
      report.recordsWritten += runner.recordsWritten;
      report.startProgress += runner.startProgress;
      addCounters(stages, runner.counters());
      addWork(work, runner.place.part, runner.work());
    }
    return { tasks: this.#runners.map((runner) => runner.progress()), stages, work, ...report };
  }

  #endWhenDone(): void {
    if (!this.#isDraining || this.#running.size > 0) return;
    this.#databases.close();
    this.#feeds.close().then(this.#ended.resolve, this.#ended.reject);
  }

  #runnerDeps({ part }: TaskPlace): InlineRunnerDeps {
    const { spec, plan, layout, client, admin, rate, lookUps, references, send } = this.#deps;
    return {
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
      pace: this.#isSource(part) ? ratePace(rate, part) : unlimitedPace,
      clock: { now: () => Date.now() },
      onEvent: (event) => send({ kind: 'event', event }),
      onReady: () => {
        if (--this.#notReady > 0) return;
        send({ kind: 'report', report: this.report() });
        send({ kind: 'ready' });
      },
      onFirstCommit: () => send({ kind: 'progress', report: this.report() }),
      sql: (connection) => this.#databases.of(connection),
      // Beside other sources it only falls silent.
      onFinished: () => {
        if (plan.sources.length === 1) send({ kind: 'finished' });
      },
      confirmOwner: () =>
        new Promise<boolean>((resolve) => {
          this.#waitingOwner.push(resolve);
          send({ kind: 'fenced' });
        }),
    };
  }
}
