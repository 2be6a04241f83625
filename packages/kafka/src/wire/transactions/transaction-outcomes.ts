import type { AbortedTransaction } from './aborted-transactions.ts';

interface LeftOut extends AbortedTransaction {
  /** Offset of its marker; Infinity while it is open. */
  readonly endOffset: number;
}

/**
 * How the transactions of a stretch of a partition ended, gathered from its batches in offset order (KIP-98). A broker
 * tells a reader of aborted transactions only below the last stable offset; above it the markers in the log say so.
 */
export class TransactionOutcomes {
  readonly #open = new Map<number, number>();
  readonly #aborted: LeftOut[] = [];

  /** A batch of a transaction. */
  wrote(producerId: number, baseOffset: number): void {
    if (!this.#open.has(producerId)) this.#open.set(producerId, baseOffset);
  }

  /** A marker: the transaction of the producer, if it wrote anything here, ends. */
  ended(producerId: number, endOffset: number, isCommitted: boolean): void {
    const firstOffset = this.#open.get(producerId);
    if (firstOffset === undefined) return;
    this.#open.delete(producerId);
    if (!isCommitted) this.#aborted.push({ producerId, firstOffset, endOffset });
  }

  /** What a reader from `offset` on is not to see: transactions that were aborted, and those that are open. */
  leftOutFrom(offset: number): readonly AbortedTransaction[] {
    const open = [...this.#open].map(([producerId, firstOffset]) => ({ producerId, firstOffset, endOffset: Infinity }));
    return [...this.#aborted, ...open].filter(({ endOffset }) => endOffset >= offset);
  }
}
