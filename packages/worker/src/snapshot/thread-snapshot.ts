import type { Plan, RecordObserver } from '@penstock/engine';
import type { SnapshotRequest, SnapshotResult } from '@penstock/model';
import { SnapshotCatcher, type SnapshotPlace } from './snapshot-catcher.ts';

/** A task that can be looked at. */
export interface ObservableTask {
  readonly place: SnapshotPlace;
  observe(observer: RecordObserver | undefined): void;
}

/** What a thread has caught since it was last asked. */
export interface SnapshotNews {
  readonly result: SnapshotResult;
  /** The tasks of the thread have nothing more to show. */
  readonly isFull: boolean;
}

/** Catches records for one snapshot at a time from the tasks of a thread, and leaves them alone when it has enough. */
export class ThreadSnapshot {
  readonly #plan: Plan;
  readonly #tasks: ObservableTask[] = [];
  #catcher: SnapshotCatcher | undefined;
  /** Records told of; -1 before the first time. */
  #told = -1;
  #isLooking = false;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** One more task of the thread. */
  add(task: ObservableTask): void {
    this.#tasks.push(task);
    if (this.#isLooking) task.observe(this.#catcher?.observerOf(task.place));
  }

  /** Begins anew for a request; undefined: nobody wants a snapshot any more. */
  ask(request: SnapshotRequest | undefined): void {
    this.#catcher = request === undefined ? undefined : new SnapshotCatcher(request, this.#plan);
    this.#told = -1;
    this.#isLooking = request !== undefined;
    for (const task of this.#tasks) task.observe(this.#catcher?.observerOf(task.place));
  }

  /** What is worth telling: undefined where nothing was caught since the last time. */
  news(): SnapshotNews | undefined {
    if (this.#catcher === undefined || !this.#isLooking) return undefined;
    const { isFull, size } = this.#catcher;
    if (isFull) this.#lookAway();
    else if (size === this.#told) return undefined;
    this.#told = size;
    return { result: this.#catcher.result(), isFull };
  }

  #lookAway(): void {
    this.#isLooking = false;
    for (const task of this.#tasks) task.observe(undefined);
  }
}
