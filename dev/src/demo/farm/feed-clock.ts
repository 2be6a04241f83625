import { type FeedRecord, feedOf } from './faulty-feed.ts';
import { TURBINES } from './wind-farm.ts';

/** After a longer gap (a machine that slept, a broker that was away) the feed goes on at the present. */
const LONGEST_CATCH_UP_MS = 10_000;
const REPORT_INTERVAL_MS = 1000;

/**
 * What the farm has sent since it was last asked: every turbine reports once a second, each at its own moment of it;
 * late records come when they are due.
 */
export class FeedClock {
  readonly #seed: number;
  readonly #orgId: string;
  /** Records under way, at most as many as can be late at a time (a few hundred). */
  #delayed: FeedRecord[] = [];
  #until: number;

  constructor(seed: number, orgId: string, startMs: number) {
    this.#seed = seed;
    this.#orgId = orgId;
    this.#until = startMs;
  }

  /** Records that arrive after the last call and up to `nowMs`, in the order of their arrival. */
  advance(nowMs: number): FeedRecord[] {
    const from = Math.max(this.#until, nowMs - LONGEST_CATCH_UP_MS);
    const due: FeedRecord[] = [];
    for (let turbine = 0; turbine < TURBINES; turbine++) {
      const moment = Math.floor((turbine * REPORT_INTERVAL_MS) / TURBINES);
      const first = Math.floor((from - moment) / REPORT_INTERVAL_MS) + 1;
      for (let time = first * REPORT_INTERVAL_MS + moment; time <= nowMs; time += REPORT_INTERVAL_MS) {
        due.push(...feedOf(this.#seed, this.#orgId, turbine, time));
      }
    }
    this.#until = Math.max(this.#until, nowMs);
    const known = [...this.#delayed, ...due];
    this.#delayed = known.filter(({ arrivesAt }) => arrivesAt > nowMs);
    return known.filter(({ arrivesAt }) => arrivesAt <= nowMs).sort((a, b) => a.arrivesAt - b.arrivesAt);
  }
}
