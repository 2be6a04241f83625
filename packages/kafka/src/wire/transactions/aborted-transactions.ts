/** One entry of a fetch response: from `firstOffset` on, what this producer wrote was aborted, until its next marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** Tells the batches of aborted transactions apart while batches are walked in offset order (KIP-98, read committed). */
export class AbortedTransactions {
  readonly #byOffset: readonly AbortedTransaction[];
  readonly #open = new Set<number>();
  #next = 0;

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#byOffset = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Whether a transactional batch that ends at `lastOffset` belongs to an aborted transaction. */
  holds(producerId: number, lastOffset: number): boolean {
    this.#openUpTo(lastOffset);
    return this.#open.has(producerId);
  }

  /** A control marker of the producer: its transaction ends here, one way or the other. */
  endOf(producerId: number, offset: number): void {
    this.#openUpTo(offset);
    this.#open.delete(producerId);
  }

  #openUpTo(offset: number): void {
    for (let next = this.#byOffset[this.#next]; next !== undefined && next.firstOffset <= offset; ) {
      this.#open.add(next.producerId);
      next = this.#byOffset[++this.#next];
    }
  }
}
