import type { Clock, TopicAppender } from '../ports.ts';
import { flowOfTask, throughTask } from './flow-header.ts';
import { type FlowProgress, type ProgressMessage, progressHeader } from './progress-message.ts';
import type { ProgressTable } from './progress-table.ts';
import { StreamTime } from './stream-time.ts';

const MAX_INTERVAL_MS = 5000;
const MIN_INTERVAL_MS = 250;

/** How often a task reports: four times within the time-out that depends on it, at most every five seconds. */
export const progressIntervalMs = (idleTimeoutMs: number): number =>
  Math.max(MIN_INTERVAL_MS, Math.min(MAX_INTERVAL_MS, idleTimeoutMs / 4));

export interface ProgressReporterOptions {
  readonly part: number;
  readonly partition: number;
  /** How many tasks the part has. */
  readonly tasks: number;
  readonly idleTimeoutMs: number;
  /** The cuts the task writes to. */
  readonly appenders: readonly TopicAppender[];
  /** What the task itself knows of the flows that lead to it; undefined where it reads a source. */
  readonly table: ProgressTable | undefined;
  readonly clock: Clock;
}

/** Tells every task behind the cuts of this one how far its flows have come, now and then. */
export class ProgressReporter {
  /** Name of the flow that begins at this task. */
  readonly flow: string;
  readonly #options: ProgressReporterOptions;
  readonly #streamTime = new StreamTime();
  #caughtUpAt = Number.NEGATIVE_INFINITY;
  #written = 0;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ProgressReporterOptions) {
    this.#options = options;
    this.flow = flowOfTask(options.part, options.partition);
  }

  /** Stream time of the source partition. */
  get streamTime(): number {
    return this.#streamTime.reached;
  }

  /** Takes note of a record of the source. */
  noteTime(time: number): void {
    this.#streamTime.note(time);
  }

  /** All that the input held at this time has been worked off. */
  noteCaughtUp(at: number): void {
    if (at > this.#caughtUpAt) this.#caughtUpAt = at;
  }

  /** Makes itself known in front of the first record: nothing is certain behind the cut before every task has. */
  introduce(): void {
    if (this.#reportedAt === Number.NEGATIVE_INFINITY) this.reportWhenDue();
  }

  /** To be called when more is known than before of which others wait. */
  reportSoon(): void {
    this.#reportedAt = Number.NEGATIVE_INFINITY;
  }

  /** Writes what is known to every partition of the cuts, when it is time. */
  reportWhenDue(): void {
    const { clock, appenders, idleTimeoutMs } = this.#options;
    const now = clock.now();
    if (now - this.#reportedAt < progressIntervalMs(idleTimeoutMs)) return;
    this.#reportedAt = now;
    const headers = [progressHeader(this.#message())];
    for (const appender of appenders)
      for (let partition = 0; partition < appender.partitions; partition++) {
        appender.append(partition, null, null, now, headers);
        this.#written++;
      }
  }

  /** How many messages have been written since the last call. */
  takeWritten(): number {
    const written = this.#written;
    this.#written = 0;
    return written;
  }

  #message(): ProgressMessage {
    const { part, partition, tasks, table } = this.#options;
    const flows: FlowProgress[] = [];
    let streamTime = this.#streamTime.reached;
    let caughtUpAt = this.#caughtUpAt;
    const isComplete = table === undefined || table.isComplete;
    if (table !== undefined) {
      // The task's own flow, of records made here, has come as far as the least of those that lead to it.
      streamTime = isComplete ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      caughtUpAt = streamTime;
      for (const progress of table.flows.values()) {
        flows.push({ ...progress, flow: throughTask(progress.flow, this.flow) });
        streamTime = Math.min(streamTime, progress.streamTime);
        caughtUpAt = Math.min(caughtUpAt, progress.caughtUpAt);
      }
    }
    flows.push({ flow: this.flow, streamTime, caughtUpAt });
    return { part, partition, tasks, isComplete, flows };
  }
}
