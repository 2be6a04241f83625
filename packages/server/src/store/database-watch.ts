import { messageOf } from '@penstock/model';
import type { DatabaseClock } from './database-clock.ts';

/** How it stands with the database, as of the last look. */
export interface DatabaseHealth {
  readonly isAnswering: boolean;
  /** Unix ms of this machine's clock. */
  readonly since: number;
  /** Why not, where it is not. */
  readonly reason?: string;
}

export interface DatabaseWatchOptions {
  readonly clock: Pick<DatabaseClock, 'sync'>;
  readonly everyMs: number;
  /** A look without an answer for this long counts as none. */
  readonly limitMs: number;
  readonly onChange: (health: DatabaseHealth) => void;
}

/**
 * Looks at the database's clock again and again, which keeps the time of this instance right and tells whether the
 * database answers at all: whoever asks for that is answered at once, also while the database hangs.
 */
export class DatabaseWatch {
  readonly #options: DatabaseWatchOptions;
  #health: DatabaseHealth = { isAnswering: true, since: Date.now() };
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(options: DatabaseWatchOptions) {
    this.#options = options;
  }

  get health(): DatabaseHealth {
    return this.#health;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), this.#options.everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One look; never rejects. A look that hangs is not joined by another. */
  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { clock, limitMs } = this.#options;
    const timer = setTimeout(() => this.#note(`no answer within ${limitMs} ms`), limitMs);
    try {
      await clock.sync();
      this.#note(undefined);
    } catch (error) {
      this.#note(messageOf(error));
    } finally {
      clearTimeout(timer);
      this.#isLooking = false;
    }
  }

  #note(reason: string | undefined): void {
    const isAnswering = reason === undefined;
    const hasChanged = isAnswering !== this.#health.isAnswering;
    const since = hasChanged ? Date.now() : this.#health.since;
    this.#health = { isAnswering, since, ...(reason === undefined ? {} : { reason }) };
    if (hasChanged) this.#options.onChange(this.#health);
  }
}
