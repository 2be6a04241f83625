import { AppError, isWaitedFor, messageOf, type RunEvent, type Waiting } from '@penstock/model';
import { wait } from './wait.ts';

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

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;

export interface Patience {
  readonly signal: AbortSignal;
  /** Learns what is waited for. */
  readonly waiting: WaitingState;
  onEvent(event: RunEvent): void;
}

/** Kafka, or the service, may be away for as long as it likes: tries until it works, and says so. Undefined once the signal has come. */
export const whenReachable = async <T>(
  work: () => Promise<T>,
  { signal, waiting, onEvent }: Patience,
): Promise<T | undefined> => {
  for (let pause = FIRST_WAIT_MS; !signal.aborted; pause = Math.min(pause * 2, MAX_WAIT_MS)) {
    try {
      const result = await work();
      waiting.worked();
      return result;
    } catch (error) {
      waiting.failed(error);
      if (!(error instanceof AppError) || !error.retryable) throw error;
      const message = `Not started yet, the next attempt is in ${pause} ms: ${error.message}`;
      onEvent({ at: Date.now(), code: error.code, severity: 'warning', message });
      await wait(pause, signal);
    }
  }
  return undefined;
};
