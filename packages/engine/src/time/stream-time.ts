/** Records that must agree that a time has been reached: one clock that is wrong does not move a whole partition. */
const WITNESSES = 4;

/** The event time a partition has reached, over all its keys. */
export class StreamTime {
  readonly #recent = new Float64Array(WITNESSES).fill(Number.NEGATIVE_INFINITY);
  #next = 0;
  #reached = Number.NEGATIVE_INFINITY;

  /** In Unix ms; -Infinity while too few records have been seen. Never goes back. */
  get reached(): number {
    return this.#reached;
  }

  note(time: number): void {
    this.#recent[this.#next] = time;
    this.#next = (this.#next + 1) % WITNESSES;
    const agreed = Math.min(...this.#recent);
    if (agreed > this.#reached) this.#reached = agreed;
  }
}
