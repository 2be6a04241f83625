import type { SnapshotRequest, SnapshotResult } from '@penstock/model';
import { mergeSnapshots } from './merge-snapshots.ts';

/** Without a word from the service for so long nobody waits any more. */
const FORGET_MS = 30_000;

/** The worker's side of a snapshot: what the service asks for, and what the threads have caught for it so far. */
export class SnapshotRelay {
  readonly #tell: (request: SnapshotRequest | undefined) => void;
  readonly #results = new Map<number, SnapshotResult>();
  #request: SnapshotRequest | undefined;
  #askedAt = 0;

  /** `tell` hears when there is something else to catch, or nothing any more. */
  constructor(tell: (request: SnapshotRequest | undefined) => void) {
    this.#tell = tell;
  }

  /** What a reply of the service asks for. */
  ask(request: SnapshotRequest | undefined, now: number): void {
    this.#askedAt = now;
    if (request?.id === this.#request?.id) return;
    this.#request = request;
    this.#results.clear();
    this.#tell(request);
  }

  /** A heartbeat was not answered. */
  notAnswered(now: number): void {
    if (this.#request !== undefined && now - this.#askedAt > FORGET_MS) this.ask(undefined, now);
  }

  /** What a thread has caught, all of it. */
  caught(thread: number, result: SnapshotResult): void {
    if (result.id === this.#request?.id) this.#results.set(thread, result);
  }

  /** For the heartbeat. */
  result(): SnapshotResult | undefined {
    if (this.#request === undefined) return undefined;
    const byThread = [...this.#results].sort(([a], [b]) => a - b);
    return mergeSnapshots(
      this.#request,
      byThread.map(([, result]) => result),
    );
  }
}
