import type { Clock } from '../ports.ts';

/** The time of the piece of work under way: looked up once for many records. */
export class BatchClock implements Clock {
  readonly #clock: Clock;
  #now: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#now = clock.now();
  }

  refresh(): void {
    this.#now = this.#clock.now();
  }

  now(): number {
    return this.#now;
  }
}
