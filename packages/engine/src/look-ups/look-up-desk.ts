import { AppError, messageOf } from '@penstock/model';
import type { Services, ServiceTime } from '../ports.ts';
import { KeptAnswers } from './kept-answers.ts';
import type { LookUp, LookUpNeed, LookUpPolicy } from './look-up.ts';
import { Places } from './places.ts';

/** What came of a question: requests made for it, and the time they took together (ms). */
export type Outcome<A> = { readonly requests: number; readonly requestMs: number } & (
  | { readonly ok: true; readonly value: A | undefined; readonly bytes: number }
  | { readonly ok: false; readonly code: string; readonly message: string }
);

interface Flight<A> {
  readonly outcome: Promise<Outcome<A>>;
  readonly stop: AbortController;
  /** Who waits for it, over all tasks. */
  waiting: number;
  /** What is answered may be old already. */
  isOutdated: boolean;
}

export interface DeskOptions<Q, A> {
  readonly lookUp: LookUp<Q, A>;
  readonly policy: LookUpPolicy;
  readonly services: Services;
  readonly time: ServiceTime;
  /** Present: nothing is asked, and every question fails like this. */
  readonly closedBy?: AppError | undefined;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
/** A service that wants to be left alone for longer gets no further attempt. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** Where all tasks of a thread ask one look-up of a stage: what is known, what is under way, and how much at a time. */
export class LookUpDesk<Q, A> {
  readonly #options: DeskOptions<Q, A>;
  readonly #kept: KeptAnswers<A>;
  readonly #flights = new Map<string, Flight<A>>();
  readonly #places: Places;
  /** The service has asked to be left alone until then, Unix ms. */
  #leftAloneUntil = 0;

  constructor(options: DeskOptions<Q, A>) {
    this.#options = options;
    this.#kept = new KeptAnswers(options.policy);
    this.#places = new Places(options.policy.concurrency);
  }

  get lookUp(): LookUp<Q, A> {
    return this.#options.lookUp;
  }

  /** What is known; undefined: it has to be asked for. */
  known(key: string): { readonly value: A | undefined } | undefined {
    return this.#kept.get(key, this.#options.time.now());
  }

  /** Whether somebody asks for it already. */
  isUnderWay(key: string | undefined): boolean {
    return key !== undefined && this.#flights.has(key);
  }

  /** What is known of these keys is asked for anew by whoever needs it next. */
  forget(keys: readonly string[] | 'all'): void {
    this.#kept.forget(keys);
    for (const key of keys === 'all' ? [...this.#flights.keys()] : keys) {
      const flight = this.#flights.get(key);
      if (flight === undefined) continue;
      flight.isOutdated = true;
      // Who asks from now on is not to get it.
      this.#flights.delete(key);
    }
  }

  /** Asks, or waits with others for the same answer. Never rejects. When all who wait have gone, it is given up. */
  async ask({ key, question }: LookUpNeed<Q>, signal: AbortSignal): Promise<Outcome<A>> {
    const flight = (key === undefined ? undefined : this.#flights.get(key)) ?? this.#takeOff(key, question);
    flight.waiting += 1;
    const leave = (): void => {
      flight.waiting -= 1;
      if (flight.waiting === 0) flight.stop.abort(signal.reason);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    try {
      return await flight.outcome;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #takeOff(key: string | undefined, question: Q): Flight<A> {
    const stop = new AbortController();
    const flight: Flight<A> = { outcome: this.#answer(question, stop.signal), stop, waiting: 0, isOutdated: false };
    if (key === undefined) return flight;
    this.#flights.set(key, flight);
    const land = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    // Nobody is to join those who have gone.
    stop.signal.addEventListener('abort', land, { once: true });
    void flight.outcome.then((found) => {
      land();
      if (found.ok && !flight.isOutdated) this.#kept.put(key, found.value, found.bytes, this.#options.time.now());
    });
    return flight;
  }

  #sizeOf(value: A | undefined): number {
    return value === undefined ? 0 : (this.lookUp.sizeOf?.(value) ?? 0);
  }

  async #answer(question: Q, signal: AbortSignal): Promise<Outcome<A>> {
    const { policy, closedBy, time } = this.#options;
    const spent = { requests: 0, requestMs: 0 };
    const failed = (error: unknown): Outcome<A> => ({ ...failureOf(error), ...spent });
    if (closedBy !== undefined) return failed(closedBy);
    try {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        try {
          const value = await this.#attempt(question, signal, spent);
          return { ok: true, value, bytes: this.#sizeOf(value), ...spent };
        } catch (error) {
          const waitMs = this.#pauseAfter(error, pauseMs);
          const isLast = signal.aborted || spent.requests > policy.retries;
          if (isLast || waitMs === undefined) return failed(error);
          await time.sleep(waitMs, signal);
        }
      }
    } catch (givenUp) {
      return failed(givenUp);
    }
  }

  /** How long to wait for the next attempt; undefined: there is none. */
  #pauseAfter(error: unknown, pauseMs: number): number | undefined {
    if (!(error instanceof AppError) || !error.retryable) return undefined;
    const { retryAfterMs } = error.params;
    if (typeof retryAfterMs !== 'number') return pauseMs;
    if (retryAfterMs > LONGEST_RETRY_AFTER_MS) return undefined;
    // It is meant for everybody, not only for who was told.
    this.#leftAloneUntil = Math.max(this.#leftAloneUntil, this.#options.time.now() + retryAfterMs);
    return retryAfterMs;
  }

  /** One request, when there is a place for it and the service may be asked. */
  async #attempt(
    question: Q,
    signal: AbortSignal,
    spent: { requests: number; requestMs: number },
  ): Promise<A | undefined> {
    const { time } = this.#options;
    await this.#places.take(signal);
    try {
      for (let waitMs = this.#leftAloneUntil - time.now(); waitMs > 0; waitMs = this.#leftAloneUntil - time.now())
        await time.sleep(waitMs, signal);
      const begun = time.now();
      spent.requests += 1;
      try {
        return await this.#request(question, signal);
      } finally {
        spent.requestMs += Math.max(0, time.now() - begun);
      }
    } finally {
      this.#places.giveBack();
    }
  }

  async #request(question: Q, signal: AbortSignal): Promise<A | undefined> {
    const { lookUp, services, time, policy } = this.#options;
    const attempt = new AbortController();
    const stop = (): void => attempt.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([
        lookUp.ask(question, services, attempt.signal),
        time.sleep(policy.timeoutMs, attempt.signal).then(() => Promise.reject(timedOut(policy.timeoutMs))),
      ]);
    } finally {
      signal.removeEventListener('abort', stop);
      attempt.abort();
    }
  }
}

const timedOut = (timeoutMs: number): AppError =>
  new AppError('LOOK_UP_TIMEOUT', `There was no whole answer within ${timeoutMs} ms.`, {
    domain: 'external',
    retryable: true,
  });

const failureOf = (error: unknown): { readonly ok: false; readonly code: string; readonly message: string } => ({
  ok: false,
  code: error instanceof AppError ? error.code : 'LOOK_UP_FAILED',
  message: messageOf(error),
});
