import type { Clock } from '@penstock/engine';
import type { Store } from './store.ts';

/** How much slower than the world this clock goes while it waits for a database clock that was put back. */
const SLOWED = 0.1;

export interface DatabaseClockOptions {
  /** A clock that only runs forward, in ms; its zero means nothing. */
  readonly steady?: () => number;
}

/**
 * The database's clock, as all instances see it: what one instance writes down and another compares (leases, silence,
 * pauses) is then measured with one clock, whatever the clocks of their machines say. Between two looks it goes by the
 * machine's steady clock, which nobody sets. It never goes back: where the database's clock was put back it goes slower
 * until that has caught up, so that a wait of an hour does not come of it.
 */
export class DatabaseClock implements Clock {
  readonly #readClock: () => Promise<number>;
  readonly #steady: () => number;
  /** What `now` was at a moment of the steady clock, and how far the database was behind it. */
  #base: { readonly steady: number; readonly now: number; readonly behind: number };

  private constructor(readClock: () => Promise<number>, steady: () => number) {
    this.#readClock = readClock;
    this.#steady = steady;
    this.#base = { steady: steady(), now: 0, behind: 0 };
  }

  static async of(store: Pick<Store, 'readClock'>, options: DatabaseClockOptions = {}): Promise<DatabaseClock> {
    const clock = new DatabaseClock(() => store.readClock(), options.steady ?? (() => performance.now()));
    await clock.sync();
    return clock;
  }

  /** Unix ms, whole. */
  now(): number {
    const { steady, now, behind } = this.#base;
    const passed = Math.max(0, this.#steady() - steady);
    return Math.floor(now + passed - Math.min(behind, passed * SLOWED));
  }

  /** Looks at the database's clock again; half the way there and back is taken for the age of the answer. */
  async sync(): Promise<void> {
    const asked = this.#steady();
    const read = await this.#readClock();
    const steady = this.#steady();
    const theirs = read + (steady - asked) / 2;
    const ours = this.#base.now === 0 ? theirs : this.now();
    this.#base = { steady, now: Math.max(ours, theirs), behind: Math.max(0, ours - theirs) };
  }
}
