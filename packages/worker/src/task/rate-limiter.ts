/**
 * The pipeline's `kafkaRate`, held over all threads: token buckets in shared memory, one for each source. The main thread
 * fills them by the clock; tasks take what they are about to read from that of their source, so a partition that has
 * nothing to read leaves its share to the others. Every source has the same share, however many partitions it has and
 * whatever waits in them; what does not fit into the bucket of one that has nothing to read goes to the others. Together
 * they hold at most half a second's worth: the most a one-second burst can exceed the rate by.
 */
const BURST_SECONDS = 0.5;
const MAX_TOKENS = 2 ** 30;
/** Sources beyond so many share buckets. */
const MAX_SHARES = 256;

const GRAB = 0;
const SHARES = 1;
/** The first bucket. */
const TOKENS = 2;

/** What threads hold: `Int32Array` over shared memory. */
export type RateCells = Int32Array;

/** For one source. */
export const createRateCells = (): RateCells => {
  const cells = new Int32Array(new SharedArrayBuffer(4 * (TOKENS + MAX_SHARES)));
  cells[SHARES] = 1;
  return cells;
};

/** Every thread says so that knows the plan: over how many sources the rate is shared out. */
export const shareRate = (cells: RateCells, sources: number): void => {
  Atomics.store(cells, SHARES, Math.max(1, Math.min(MAX_SHARES, sources)));
};

const sharesOf = (cells: RateCells): number => Atomics.load(cells, SHARES);

export class RateFiller {
  readonly #cells: RateCells;
  #rate: number;
  #carry = 0;
  #filledAt: number;
  /** Which source is next to get what cannot be divided. */
  #turn = 0;

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
    const cap = capacity(rate, sharesOf(this.#cells));
    for (let bucket = TOKENS; bucket < this.#cells.length; bucket++)
      for (let held = Atomics.load(this.#cells, bucket); held > cap; held = Atomics.load(this.#cells, bucket))
        Atomics.compareExchange(this.#cells, bucket, held, cap);
  }

  /** Puts in what has become due since the last call. */
  fill(now: number): void {
    const due = ((now - this.#filledAt) / 1000) * this.#rate + this.#carry;
    this.#filledAt = now;
    const whole = Math.floor(due);
    this.#carry = due - whole;
    this.#shareOut(whole);
  }

  /** Evenly; what finds no room is gone. Others only take, so that room seen once is there. */
  #shareOut(tokens: number): void {
    const shares = sharesOf(this.#cells);
    const cap = capacity(this.#rate, shares);
    let left = Math.min(tokens, cap * shares);
    while (left > 0) {
      const open = Array.from({ length: shares }, (_, i) => TOKENS + ((this.#turn + i) % shares))
        .map((bucket) => ({ bucket, room: cap - Atomics.load(this.#cells, bucket) }))
        .filter(({ room }) => room > 0);
      if (open.length === 0) return;
      const each = Math.max(1, Math.floor(left / open.length));
      for (const { bucket, room } of open) {
        const given = Math.min(each, room, left);
        Atomics.add(this.#cells, bucket, given);
        left -= given;
      }
      this.#turn = (this.#turn + 1) % shares;
    }
  }
}

/** Takes up to `wanted` tokens of a source, counted from 0; 0 when there are none at the moment. */
export const takeTokens = (cells: RateCells, source: number, wanted: number): number => {
  const bucket = TOKENS + (source % sharesOf(cells));
  for (;;) {
    const held = Atomics.load(cells, bucket);
    const taken = Math.min(held, wanted, Atomics.load(cells, GRAB));
    if (taken <= 0) return 0;
    if (Atomics.compareExchange(cells, bucket, held, held - taken) === held) return taken;
  }
};

/** Of the bucket of one source. */
const capacity = (rate: number, shares: number): number =>
  Math.max(1, Math.min(MAX_TOKENS, Math.ceil((rate * BURST_SECONDS) / shares)));
