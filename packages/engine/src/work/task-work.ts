import type { PartWork, StageWork } from '@penstock/model';
import { ThreadTime } from './thread-time.ts';

/** Something that takes time. */
export interface Spent {
  ms: number;
}

/** A stage as one task sees it. */
export interface StageSpent extends Spent {
  /** Records by the stage that handed them on. */
  readonly from: Record<string, number>;
}

/** Counts records that a stage was handed by another; undefined: it is counted elsewhere. */
export const cameFrom = (stage: StageSpent | undefined, from: string | undefined, records: number): void => {
  if (stage === undefined || from === undefined) return;
  stage.from[from] = (stage.from[from] ?? 0) + records;
};

/** Event time is looked at this often, at the last record at hand: every record's would cost too much. */
const LOOK_MS = 250;

/**
 * How one task spends its time, and which ways its records take, over all its lives. Everything only ever counts up. It
 * is told once for many records; a look at the clock per batch and stage is all it costs.
 */
export class TaskWork {
  readonly idle: Spent = { ms: 0 };
  readonly rate: Spent = { ms: 0 };
  readonly commit: Spent = { ms: 0 };
  commits = 0;
  readonly #thread: ThreadTime;
  readonly #stages = new Map<string, StageSpent>();
  #openMs = 0;
  #openedAt: number | undefined;
  /** What it waits for now, since when, and what the thread had computed then. */
  #doing: Spent | undefined;
  #since = 0;
  #computedBefore = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #newest: number | undefined;

  constructor(thread: ThreadTime = new ThreadTime()) {
    this.#thread = thread;
  }

  stageOf(name: string): StageSpent {
    let stage = this.#stages.get(name);
    if (stage === undefined) {
      stage = { ms: 0, from: {} };
      this.#stages.set(name, stage);
    }
    return stage;
  }

  /** From now on the task could work. */
  opened(): void {
    this.#openedAt = this.#thread.now();
  }

  /** It cannot any more, until it is opened anew. */
  closed(): void {
    this.end();
    if (this.#openedAt !== undefined) this.#openMs += this.#thread.now() - this.#openedAt;
    this.#openedAt = undefined;
  }

  now(): number {
    return this.#thread.now();
  }

  /**
   * A stage has computed since `since`, without a break, as it has `weight` times. Returns the time: the next may begin
   * there. A weight of 0 counts nothing and does not look at the clock.
   */
  computed(stage: Spent, since: number, weight = 1): number {
    if (weight === 0) return 0;
    const now = this.#thread.now();
    const took = (now - since) * weight;
    stage.ms += took;
    this.#thread.computedMs += took;
    return now;
  }

  /** The task waits from `since` on, for one thing; whatever else the thread computes until `end` is not counted. */
  begin(on: Spent, since = this.#thread.now()): void {
    this.#doing = on;
    this.#since = since;
    this.#computedBefore = this.#thread.computedMs;
  }

  end(): void {
    if (this.#doing === undefined) return;
    this.#doing.ms += this.#elapsed();
    this.#doing = undefined;
  }

  /** The same around a promise. */
  async during<T>(on: Spent, pending: Promise<T>, since = this.#thread.now()): Promise<T> {
    this.begin(on, since);
    try {
      return await pending;
    } finally {
      // What was given up may end late.
      if (this.#doing === on) this.end();
    }
  }

  /** Whether it is time to look at how far event time is. `now`: Unix ms. */
  isLookDue(now: number): boolean {
    return now - this.#lookedAt >= LOOK_MS;
  }

  /** The event time of a record at hand, Unix ms; undefined where it has none that can be right. */
  look(now: number, time: number | undefined): void {
    this.#lookedAt = now;
    if (time !== undefined && (this.#newest === undefined || time > this.#newest)) this.#newest = time;
  }

  /**
   * How far the newest event time lies behind, in ms: behind now where there is a backlog, else as it was when the last
   * record came. Undefined before the first record with a time.
   */
  eventLagMs(now: number, hasBacklog: boolean): number | undefined {
    if (this.#newest === undefined) return undefined;
    // A record may claim any time: what is told has to be a number that everybody can read.
    return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, (hasBacklog ? now : this.#lookedAt) - this.#newest));
  }

  /** All of it, what is under way included. Times have fractions. */
  report(): PartWork {
    const now = this.#thread.now();
    const of = (spent: Spent): number => spent.ms + (spent === this.#doing ? this.#elapsed() : 0);
    const stages = [...this.#stages].map(([name, stage]): [string, StageWork] => [
      name,
      { busyMs: of(stage), from: { ...stage.from } },
    ]);
    return {
      openMs: this.#openMs + (this.#openedAt === undefined ? 0 : now - this.#openedAt),
      idleMs: of(this.idle),
      rateMs: of(this.rate),
      commitMs: of(this.commit),
      commits: this.commits,
      stages: Object.fromEntries(stages),
    };
  }

  #elapsed(): number {
    const others = this.#thread.computedMs - this.#computedBefore;
    return Math.max(0, this.#thread.now() - this.#since - others);
  }
}
