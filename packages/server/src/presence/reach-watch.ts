import { AppError, messageOf } from '@penstock/model';

/** Something the service depends on, and how to find out whether it answers: rejects with why not. */
export interface Reached {
  readonly name: string;
  readonly check: () => Promise<void>;
}

export interface ReachFailure {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** How a look went. */
export interface ReachView {
  readonly name: string;
  /** Null: nobody has looked yet. */
  readonly isReachable: boolean | null;
  /** Unix ms of this machine's clock; null as above. */
  readonly checkedAt: number | null;
  readonly tookMs: number | null;
  /** Since when it has been as it is. */
  readonly since: number | null;
  readonly error: ReachFailure | null;
}

export interface ReachWatchOptions {
  readonly everyMs: number;
  /** A look without an answer for this long is one without. */
  readonly limitMs: number;
  readonly now?: () => number;
}

const EVERY_MS = 30_000;
const LIMIT_MS = 8_000;

/**
 * Looks again and again whether what the service depends on answers, each on its own, so that whoever asks is told at
 * once how it was when it was last looked at, also while one of them hangs.
 */
export class ReachWatch {
  readonly #options: ReachWatchOptions;
  readonly #now: () => number;
  readonly #watched: readonly { readonly of: Reached; view: ReachView; looking: Promise<void> | undefined }[];
  #timer: NodeJS.Timeout | undefined;

  constructor(watched: readonly Reached[], options: ReachWatchOptions = { everyMs: EVERY_MS, limitMs: LIMIT_MS }) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#watched = watched.map((of) => ({ of, view: unseen(of.name), looking: undefined }));
  }

  get views(): readonly ReachView[] {
    return this.#watched.map(({ view }) => view);
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), this.#options.everyMs);
    void this.look();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One look at all of them; never rejects, and ends within the limit. A check that hangs is not joined by another. */
  async look(): Promise<void> {
    await Promise.all(
      this.#watched.map(async (each) => {
        const begun = performance.now();
        const failure = await this.#within(each);
        const checkedAt = this.#now();
        const isReachable = failure === undefined;
        const since = each.view.isReachable === isReachable ? each.view.since : checkedAt;
        const tookMs = Math.round(performance.now() - begun);
        each.view = { name: each.of.name, isReachable, checkedAt, tookMs, since, error: failure ?? null };
      }),
    );
  }

  async #within(each: { readonly of: Reached; looking: Promise<void> | undefined }): Promise<ReachFailure | undefined> {
    const { limitMs } = this.#options;
    each.looking ??= each.of.check().finally(() => {
      each.looking = undefined;
    });
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        late.reject(
          new AppError('CHECK_TIMED_OUT', `There was no answer within ${limitMs / 1000} s.`, {
            domain: 'external',
            retryable: true,
            params: { seconds: limitMs / 1000 },
          }),
        ),
      limitMs,
    );
    try {
      await Promise.race([each.looking, late.promise]);
      return undefined;
    } catch (error) {
      return failureOf(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

const failureOf = (error: unknown): ReachFailure =>
  error instanceof AppError
    ? { code: error.code, params: error.params, message: error.message }
    : { code: 'CHECK_FAILED', params: {}, message: messageOf(error) };

const unseen = (name: string): ReachView => ({
  name,
  isReachable: null,
  checkedAt: null,
  tookMs: null,
  since: null,
  error: null,
});
