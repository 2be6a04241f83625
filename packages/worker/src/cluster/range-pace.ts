import type { SourceBatch } from '@penstock/engine';
import type { Pace } from '../task/pace.ts';
import { wait } from '../task/wait.ts';

/** Between two ranges the task looks up this often, for triggers that go by the clock. */
const IDLE_MS = 250;

interface Waiter {
  readonly until: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Reads up to where it has been allowed to, commits there and waits for more. */
export class RangePace implements Pace {
  #until = 0;
  #committed = -1;
  #failure: unknown;
  #waiters: Waiter[] = [];
  #allowed = new AbortController();

  get until(): number {
    return this.#until;
  }

  /** The position as last committed or found; -1 before. */
  get committedOffset(): number {
    return this.#committed;
  }

  /** Allows reading up to `until` (exclusive). Resolves once it is committed; rejects with what ended the task. */
  advance(until: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#committed >= until) return Promise.resolve();
    const reached = new Promise<void>((resolve, reject) => this.#waiters.push({ until, resolve, reject }));
    if (until > this.#until) {
      this.#until = until;
      this.#allowed.abort();
    }
    return reached;
  }

  /** The task has ended: nobody may wait for it any longer. */
  fail(error: unknown): void {
    this.#failure ??= error;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }

  grant(batch: SourceBatch, from: number, wanted: number): number {
    const { offsets } = batch;
    if ((offsets[from + wanted - 1] as number) < this.#until) return wanted;
    let granted = 0;
    while (granted < wanted && (offsets[from + granted] as number) < this.#until) granted++;
    return granted;
  }

  async wait(signal: AbortSignal): Promise<void> {
    this.#allowed = new AbortController();
    await wait(IDLE_MS, AbortSignal.any([signal, this.#allowed.signal]));
  }

  committed(offset: number): void {
    this.#committed = offset;
    const [reached, waiting] = partition(this.#waiters, ({ until }) => until <= offset);
    this.#waiters = waiting;
    for (const waiter of reached) waiter.resolve();
  }
}

const partition = <T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];
