import {
  batchOfMessages,
  type ChangelogEntry,
  type RecordObserver,
  type SourceBatch,
  Task,
  TaskWork,
} from '@penstock/engine';
import { headersOf, openTaskLog, readChangelog } from '@penstock/kafka';
import type { PartWork, StageCounters, TaskPlace, TaskProgress, Waiting } from '@penstock/model';
import { isWorkedOff } from '../services/patient-end.ts';
import { type RateCells, takeTokens } from './rate-limiter.ts';
import { taskLogOptions } from './task-log-options.ts';
import { eventLagOf, type TaskRunnerDeps } from './task-runner.ts';
import { nextTurn, wait } from './wait.ts';
import { WaitingState, whenReachable } from './waiting-state.ts';

export interface InlineRunnerDeps extends TaskRunnerDeps {
  readonly rate: RateCells;
  onFinished(): void;
}

/**
 * Runs the part of a source whose records are in the document itself (Dev Raw Data Source): the same records again and
 * again at the pipeline's rate, or once. A debugging aid: there is no input topic, so there is no position to keep.
 */
export class InlineRunner {
  readonly place: TaskPlace;
  readonly #deps: InlineRunnerDeps;
  readonly #drain = new AbortController();
  readonly #work: TaskWork;
  #counters: Record<string, StageCounters> = {};
  #next = 0;
  #task: Task | undefined;
  #observer: RecordObserver | undefined;
  readonly #waiting: WaitingState;
  recordsRead = 0;
  bytesRead = 0;
  recordsWritten = 0;
  startProgress = 0;

  constructor(place: TaskPlace, deps: InlineRunnerDeps) {
    this.place = place;
    this.#deps = deps;
    this.#work = new TaskWork(deps.time);
    this.#waiting = new WaitingState(deps.clock);
  }

  /** Reference data alone: without Kafka it ends, and is made anew. */
  get waiting(): Waiting | undefined {
    return this.#waiting.current;
  }

  /** Shows the records of the running task to somebody, until told otherwise. */
  observe(observer: RecordObserver | undefined): void {
    this.#observer = observer;
    this.#task?.observe(observer);
  }

  drain(): void {
    this.#drain.abort();
  }

  progress(): TaskProgress {
    return {
      part: this.place.part,
      topic: '',
      partition: 0,
      committedOffset: this.#next,
      endOffset: this.#next,
      lag: 0,
      stalledMs: 0,
      ...eventLagOf(this.#work, this.#deps.clock.now(), false),
    };
  }

  /** How its time is spent. */
  work(): PartWork {
    return this.#work.report();
  }

  counters(): Readonly<Record<string, StageCounters>> {
    return this.#counters;
  }

  /** False when the run was told to end meanwhile. */
  async #restore(task: Task): Promise<boolean> {
    const { client, topics } = this.#deps;
    const { signal } = this.#drain;
    try {
      const onEntry = (entry: ChangelogEntry): void => {
        this.startProgress += 1;
        task.restore(entry);
      };
      await readChangelog(client, { topic: topics.state, partition: 0, onEntry, open: 'leave-out', signal });
      return true;
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false;
      throw error;
    }
  }

  async run(): Promise<void> {
    const { spec, plan, client, topics, clock, sql, lookUps, references } = this.#deps;
    const source = plan.sources[this.place.part]?.spec;
    const part = plan.parts[this.place.part];
    if (source?.kind !== 'inline' || part === undefined) return;
    await whenReachable(() => references.complete(), {
      signal: this.#drain.signal,
      waiting: this.#waiting,
      onEvent: (event) => this.#deps.onEvent(event),
    });
    if (this.#drain.signal.aborted) return;
    const log = await openTaskLog(client, taskLogOptions(plan, this.place, topics));
    const work = this.#work;
    const { runId } = spec;
    const task = await Task.open({
      ...{ plan, part, partition: 0, runId, topics, log, clock, headersOf },
      ...{ sql, lookUps, work, references: references.held },
    });
    task.observe(this.#observer);
    this.#task = task;
    try {
      if (!(await this.#restore(task))) return;
      await task.opened(clock.now());
      this.#counters = task.counters();
      this.#deps.onReady();
      work.opened();
      let committedAt = clock.now();
      const signal = this.#drain.signal;
      const commit = async (): Promise<void> => {
        const written = log.pendingRecords - task.takeReports();
        await task.commit(undefined);
        this.recordsWritten += written;
        committedAt = clock.now();
      };
      while (!signal.aborted) {
        const batch = inlineBatch(source.values, this.#next, clock.now());
        let granted = 0;
        for (let from = 0; from < batch.count && !signal.aborted; ) {
          granted += takeTokens(this.#deps.rate, part.index, batch.count - from - granted);
          // Where stages work on batches, the records of the document are one.
          if (granted < (part.batch === undefined ? 1 : batch.count - from))
            await work.during(work.rate, wait(5, signal));
          else {
            if (!(await isWorkedOff(task, task.process(batch, from, from + granted), signal))) return;
            this.recordsRead += granted;
            from += granted;
            this.#next += granted;
            granted = 0;
          }
          if (clock.now() - committedAt >= plan.commitIntervalMs) {
            task.noteCaughtUp(clock.now());
            do {
              await task.tick(clock.now());
              await commit();
            } while (task.isBehind && !signal.aborted);
          }
          await nextTurn();
        }
        this.bytesRead += batch.bytes.length;
        if (source.stopAfterFirstBatch) break;
      }
      await commit();
      if (source.stopAfterFirstBatch && !signal.aborted) this.#deps.onFinished();
    } finally {
      this.#task = undefined;
      work.closed();
      await task.close();
    }
  }
}

/** The document's records as if they had been read from a topic. */
const inlineBatch = (values: readonly string[], firstOffset: number, now: number): SourceBatch => ({
  ...batchOfMessages(
    '',
    values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: now })),
  ),
  offsets: Float64Array.from(values, (_, index) => firstOffset + index),
  nextOffset: firstOffset + values.length,
});
