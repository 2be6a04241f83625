import { AppError, type StagePreview } from '@penstock/model';
import type { LookUps } from '../look-ups/look-ups.ts';
import { type Plan, type PlanPart, partOfCut } from '../plan/plan.ts';
import type { Clock, SourceBatch } from '../ports.ts';
import type { References } from '../references/references.ts';
import { Task } from '../task/task.ts';
import { batchOfMessages, MemoryLog, type MemoryMessage } from './memory-log.ts';
import { SeenRecords } from './seen-records.ts';

/** A message as it would come out of the source topic. `timestamp`: Unix ms. */
export interface PreviewValue {
  readonly value: Buffer | null;
  readonly timestamp: number;
}

/** Messages of the first source, or by the names of sources. */
export type PreviewInput = readonly PreviewValue[] | ReadonlyMap<string, readonly PreviewValue[]>;

const ofSource = ({ sources }: Plan, part: number, values: PreviewInput): readonly PreviewValue[] => {
  if (values instanceof Map) return values.get(sources[part]?.instanceName ?? '') ?? [];
  return part === 0 ? (values as readonly PreviewValue[]) : [];
};

export interface PreviewSessionOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  /** Of one step, where messages may hold many. */
  readonly maxRecords?: number;
  /** Records are told of as JSON texts, with all digits of their numbers. */
  readonly asText?: boolean;
  /** Opened for a preview; without it every look-up fails. */
  readonly lookUps?: LookUps | undefined;
  /** To be complete; without it no stage is opened that goes by any. */
  readonly references?: References | undefined;
}

/**
 * A plan run in memory, step by step, with one task for each of its parts: from empty state, through the stages that
 * production runs, and nothing is written. What a part sends through a cut is what the part behind it reads. The caller
 * owns the clock. What stages remember lasts from step to step.
 */
export class PreviewSession {
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #seen: SeenRecords;
  readonly #parts: readonly PreviewPart[];

  private constructor(plan: Plan, clock: Clock, seen: SeenRecords, parts: readonly PreviewPart[]) {
    this.#plan = plan;
    this.#clock = clock;
    this.#seen = seen;
    this.#parts = parts;
  }

  /** Errors: those of opening tasks. */
  static async open(options: PreviewSessionOptions): Promise<PreviewSession> {
    const { plan, clock, asText } = options;
    const seen = new SeenRecords(plan, asText);
    const parts: PreviewPart[] = [];
    try {
      for (const part of plan.parts) parts.push(await PreviewPart.open(part, options, seen));
      return new PreviewSession(plan, clock, seen, parts);
    } catch (error) {
      for (const part of parts) await part.close();
      throw error;
    }
  }

  /**
   * Works off messages and lets the clock tick once, part by part. `isCaughtUp`: the end of the topic was reached, so
   * that time goes on although no record comes. Gives what each stage did in this step. Errors:
   * `PREVIEW_RECORDS_TOO_MANY`, after which the session is to be closed.
   */
  async step(values: PreviewInput, { isCaughtUp = false } = {}): Promise<StagePreview[]> {
    for (const part of this.#parts) {
      const own = ofSource(this.#plan, part.index, values).map((value) => ({ ...value, key: null, headers: [] }));
      await part.step(own, this.#clock.now(), isCaughtUp);
      const sent = part.takeSent();
      for (const { index } of this.#plan.cuts)
        this.#parts[partOfCut(this.#plan, index)]?.take(sent.filter(({ topic }) => topic === cutTopicOf(index)));
    }
    return this.#seen.take();
  }

  /** Closes all tasks behind a commit, and opens them again from what they kept, as after a pause. */
  async restart(): Promise<void> {
    for (const part of this.#parts) await part.restart();
  }

  async close(): Promise<void> {
    for (const part of this.#parts) await part.close();
  }
}

const tooMany = (maxRecords: number): AppError =>
  new AppError(
    'PREVIEW_RECORDS_TOO_MANY',
    `The messages of this preview hold more than ${maxRecords} records. Take fewer messages, or shorter ones.`,
    { domain: 'user' },
  );

const cutTopicOf = (cut: number): string => `cut-${cut}`;

/** What a batch is made of, with what came beside it. */
type Incoming = Pick<MemoryMessage, 'key' | 'value' | 'timestamp' | 'headers'>;

/** Where tasks of a preview keep their state: a topic in memory. */
const STATE_TOPIC = 'state';

/** One part of the plan, as one task that reads from memory. */
class PreviewPart {
  readonly index: number;
  readonly #topic: string;
  readonly #open: () => Promise<Task>;
  readonly #now: () => number;
  readonly #log: MemoryLog;
  readonly #headers: Map<SourceBatch, readonly Incoming[]>;
  /** The changelog, compacted: what restarts have left. */
  readonly #kept = new Map<string, string>();
  #task: Task;
  #waiting: Incoming[] = [];
  #read = 0;

  private constructor(
    { index, input }: PlanPart,
    task: Task,
    { open, now, log, headers }: Pick<PreviewTask, 'open' | 'now' | 'log' | 'headers'>,
  ) {
    this.index = index;
    this.#topic = input.kind === 'cut' ? cutTopicOf(input.cut) : 'preview';
    this.#task = task;
    this.#open = open;
    this.#now = now;
    this.#log = log;
    this.#headers = headers;
  }

  static async open(part: PlanPart, options: PreviewSessionOptions, seen: SeenRecords): Promise<PreviewPart> {
    const made = previewTask(part, options, seen);
    const task = await made.open();
    await openedOrClosed(task, made.now());
    return new PreviewPart(part, task, made);
  }

  async restart(): Promise<void> {
    await this.#task.commit({ topic: this.#topic, partition: 0, offset: this.#read });
    for (const { topic, key, value } of this.#log.messages) {
      if (topic !== STATE_TOPIC || key === null) continue;
      if (value === null) this.#kept.delete(key);
      else this.#kept.set(key, value.toString('utf8'));
    }
    await this.#task.close();
    this.#headers.clear();
    this.#task = await this.#open();
    for (const [key, value] of this.#kept) this.#task.restore({ key, value });
    await openedOrClosed(this.#task, this.#now());
  }

  /** Puts messages of a cut in front of the part. */
  take(messages: readonly Incoming[]): void {
    this.#waiting.push(...messages);
  }

  async step(own: readonly Incoming[], now: number, isCaughtUp: boolean): Promise<void> {
    const input = [...own, ...this.#waiting];
    this.#waiting = [];
    const first = this.#read;
    this.#read += input.length;
    const batch: SourceBatch = {
      ...batchOfMessages(this.#topic, input),
      offsets: Float64Array.from(input, (_, at) => first + at),
      nextOffset: this.#read,
    };
    // Kept, for a stage may hold a record from step to step, and refuse it later.
    this.#headers.set(batch, input);
    await this.#task.process(batch, 0, batch.count);
    if (isCaughtUp) this.#task.noteCaughtUp(now);
    await this.#task.tick(now);
  }

  /** What it has written since the last call. */
  takeSent(): readonly MemoryMessage[] {
    return this.#log.messages.splice(0);
  }

  async close(): Promise<void> {
    await this.#task.close();
  }
}

interface PreviewTask {
  open(): Promise<Task>;
  now(): number;
  readonly log: MemoryLog;
  readonly headers: Map<SourceBatch, readonly Incoming[]>;
}

/** How the task of a part is opened, as often as it is wanted. */
const previewTask = (
  part: PlanPart,
  { plan, clock, lookUps, references, maxRecords = Number.POSITIVE_INFINITY }: PreviewSessionOptions,
  seen: SeenRecords,
): PreviewTask => {
  const log = new MemoryLog();
  const headers = new Map<SourceBatch, readonly Incoming[]>();
  const open = (): Promise<Task> =>
    Task.open({
      plan,
      part,
      partition: 0,
      runId: 'preview',
      topics: {
        deadLetters: 'dead-letters',
        state: STATE_TOPIC,
        cuts: plan.cuts.map(({ index }) => cutTopicOf(index)),
      },
      log,
      clock,
      isPreview: true,
      ...(lookUps === undefined ? {} : { lookUps }),
      ...(references === undefined ? {} : { references }),
      onPiece: async () => {
        if (seen.read > maxRecords) throw tooMany(maxRecords);
      },
      headersOf: (batch, index) => headers.get(batch)?.[index]?.headers ?? [],
      observer: seen.observer,
    });
  return { open, now: () => clock.now(), log, headers };
};

const openedOrClosed = async (task: Task, now: number): Promise<void> => {
  try {
    await task.opened(now);
  } catch (error) {
    await task.close();
    throw error;
  }
};
