import { AppError, isWaitedFor, messageOf, type Waiting } from '@penstock/model';

/** Characters of a message in every heartbeat. */
const MAX_MESSAGE = 300;

/** Whether something waits for Kafka, and since when: noted with each attempt that failed for it, gone with the first that works. */
export class WaitingState {
  readonly #clock: { now(): number };
  #waiting: Waiting | undefined;

  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  get current(): Waiting | undefined {
    return this.#waiting;
  }

  /** Errors that are not Kafka's being away say nothing for or against. */
  failed(error: unknown): void {
    if (!(error instanceof AppError) || !isWaitedFor(error.code)) return;
    const message = messageOf(error).slice(0, MAX_MESSAGE);
    this.#waiting = { code: error.code, message, since: this.#waiting?.since ?? this.#clock.now() };
  }

  worked(): void {
    this.#waiting = undefined;
  }
}

/** Of several that wait, the one that has done so longest. */
export const longestWaiting = (all: readonly (Waiting | undefined)[]): Waiting | undefined =>
  all.reduce(
    (longest, one) => (one !== undefined && (longest === undefined || one.since < longest.since) ? one : longest),
    undefined,
  );
