import { type Plan, type PlanPart, writersOf } from '../plan/plan.ts';
import type { Clock, RecordHeader, SourceBatch, TaskLog, TopicAppender } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import { DirectTime, type EventTime } from '../time/event-time.ts';
import { type FlowMark, FlowReader, throughTask } from '../time/flow-header.ts';
import { FlowTime } from '../time/flow-time.ts';
import type { ProgressMessage } from '../time/progress-message.ts';
import { ProgressReporter } from '../time/progress-reporter.ts';
import { ProgressTable } from '../time/progress-table.ts';

/** Keys are asked about at most this often, by the clock of those who report. */
const RELEASE_MS = 1000;

export interface TaskFlowsOptions {
  readonly plan: Plan;
  readonly part: PlanPart;
  readonly partition: number;
  /** How many partitions the task's input has; 1 where it is no topic. */
  readonly inputPartitions?: number;
  readonly log: Pick<TaskLog, 'appender'>;
  /** By index of the cut. */
  readonly topics: { readonly cuts: readonly string[] };
  headersOf(batch: SourceBatch, index: number): readonly RecordHeader[];
}

/** The flows that lead to a task and on from it: event time for its stages, and what it tells the tasks behind cuts. */
export class TaskFlows {
  readonly eventTime: EventTime;
  readonly #reader: FlowReader;
  readonly #table: ProgressTable | undefined;
  readonly #reporter: ProgressReporter | undefined;
  /** Names of flows that have gone through this task, by what they were called before. */
  readonly #through = new Map<string, string>();
  #releasedAt = Number.NEGATIVE_INFINITY;

  constructor(options: TaskFlowsOptions, clock: Clock) {
    const { plan, part, partition, log, topics } = options;
    this.#reader = new FlowReader((batch, index) => options.headersOf(batch, index));
    // Of a source one partition is read, in its order.
    this.#table = part.input.kind === 'cut' ? new ProgressTable(writersOf(plan, part.input.cut)) : undefined;
    this.eventTime =
      this.#table === undefined
        ? new DirectTime(clock, plan.time)
        : new FlowTime(this.#reader, this.#table, clock, plan.time);
    const cuts = plan.cuts.filter(({ index }) => writersOf(plan, index).includes(part.index));
    if (cuts.length === 0) return;
    this.#reporter = new ProgressReporter({
      part: part.index,
      partition,
      tasks: options.inputPartitions ?? 1,
      idleTimeoutMs: plan.time.idleTimeoutMs,
      appenders: cuts.map(({ index }): TopicAppender => log.appender(topics.cuts[index] as string)),
      table: this.#table,
      clock,
    });
  }

  /** Takes note of records before they are handed to the stages. */
  noteRead(records: readonly StreamRecord[]): void {
    const reporter = this.#reporter;
    reporter?.introduce();
    if (reporter === undefined || this.#table !== undefined) return;
    for (const record of records) {
      const { time } = record;
      if (time !== undefined && !this.eventTime.isTooFarAhead(time)) reporter.noteTime(time);
    }
  }

  noteCaughtUp(at: number): void {
    this.#reporter?.noteCaughtUp(at);
  }

  reportWhenDue(): void {
    this.#reporter?.reportWhenDue();
  }

  /** How many messages have been written since the last call. */
  takeReports(): number {
    return this.#reporter?.takeWritten() ?? 0;
  }

  /** By which way a record goes on, this task included. */
  flowOf(record: StreamRecord): FlowMark {
    const own = this.#reporter?.flow ?? '';
    if (this.#table === undefined)
      return { flow: own, streamTime: this.#reporter?.streamTime ?? Number.NEGATIVE_INFINITY };
    const { batch, index } = record;
    if (batch === undefined || record.isMerged) return { flow: own, streamTime: Number.NEGATIVE_INFINITY };
    const { flow, streamTime } = this.#reader.read(batch, index);
    let through = this.#through.get(flow);
    if (through === undefined) {
      through = throughTask(flow, own);
      this.#through.set(flow, through);
    }
    return { flow: through, streamTime };
  }

  /** Takes in what tasks in front of the cut have reported; true where keys should be asked about. */
  take(messages: readonly ProgressMessage[], at: number): boolean {
    const table = this.#table;
    if (table === undefined) return false;
    const wasComplete = table.isComplete;
    for (const message of messages) table.take(message);
    if (table.isComplete && !wasComplete) this.#reporter?.reportSoon();
    if (!table.isComplete || (wasComplete && at - this.#releasedAt < RELEASE_MS)) return false;
    this.#releasedAt = at;
    return true;
  }
}
