/**
 * The pipeline's `kafkaRate`, held over all threads: a token bucket in shared memory. The main thread fills it by the
 * clock; tasks take what they are about to read, so a partition that has nothing to read leaves its share to the
 * others. The bucket holds at most half a second's worth: the most a one-second burst can exceed the rate by.
 */
const BURST_SECONDS = 0.5;
const MAX_TOKENS = 2 ** 30;

const TOKENS = 0;
const GRAB = 1;

/** What threads hold: `Int32Array` over shared memory. */
export type RateCells = Int32Array;

export const createRateCells = (): RateCells => new Int32Array(new SharedArrayBuffer(8));

export class RateFiller {
  readonly #cells: RateCells;
  #rate: number;
  #carry = 0;
  #filledAt: number;

  /** `rate` in records per second; `now` in milliseconds of a monotonic clock. */
  constructor(cells: RateCells, rate: number, now: number) {
    this.#cells = cells;
    this.#rate = rate;
    this.#filledAt = now;
    this.setRate(rate);
  }

  get rate(): number {
    return this.#rate;
  }

  setRate(rate: number): void {
    this.#rate = rate;
    // A hundredth of a second's worth at a time keeps one task from taking everything.
    Atomics.store(this.#cells, GRAB, Math.max(1, Math.min(MAX_TOKENS, Math.floor(rate / 100))));
    const cap = capacity(rate);
    for (let held = Atomics.load(this.#cells, TOKENS); held > cap; held = Atomics.load(this.#cells, TOKENS))
      Atomics.compareExchange(this.#cells, TOKENS, held, cap);
  }

  /** Puts in what has become due since the last call. */
  fill(now: number): void {
    const due = ((now - this.#filledAt) / 1000) * this.#rate + this.#carry;
    this.#filledAt = now;
    const whole = Math.floor(due);
    this.#carry = due - whole;
    if (whole === 0) return;
    const cap = capacity(this.#rate);
    for (;;) {
      const held = Atomics.load(this.#cells, TOKENS);
      const next = Math.min(cap, held + whole);
      if (Atomics.compareExchange(this.#cells, TOKENS, held, next) === held) return;
    }
  }
}

/** Takes up to `wanted` tokens; 0 when there are none at the moment. */
export const takeTokens = (cells: RateCells, wanted: number): number => {
  for (;;) {
    const held = Atomics.load(cells, TOKENS);
    const taken = Math.min(held, wanted, Atomics.load(cells, GRAB));
    if (taken <= 0) return 0;
    if (Atomics.compareExchange(cells, TOKENS, held, held - taken) === held) return taken;
  }
};

const capacity = (rate: number): number => Math.max(1, Math.min(MAX_TOKENS, Math.ceil(rate * BURST_SECONDS)));
