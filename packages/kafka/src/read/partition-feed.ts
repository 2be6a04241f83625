import type { SourceBatch } from '@penstock/engine';
import type { AppError } from '@penstock/model';
import { kafkaError } from '../errors.ts';
import { Backoff } from '../link/backoff.ts';
import type { FetchedAnswer } from '../wire/fetch-v13.ts';
import { FetchedData, type FetchedPartition } from '../wire/fetched-data.ts';
import type { TransactionOutcomes } from '../wire/transactions/transaction-outcomes.ts';

/**
 * What of transactions a feed shows: those that were committed, up to the last stable offset; everything; everything,
 * with the outcomes gathered; or, knowing the outcomes, what was committed although something is open before it.
 */
export type Isolation =
  | 'read-committed'
  | 'read-uncommitted'
  | { readonly gather: TransactionOutcomes }
  | { readonly by: TransactionOutcomes };

/** Records of one partition in offset order. Offsets are -1 while not known. */
export interface PartitionFeed {
  readonly topic: string;
  readonly partition: number;
  /** Where a reader of this isolation stands when it has seen everything: the last stable offset, or the high watermark. */
  readonly endOffset: number;
  /** When that was so, in Unix ms; -1 where it is not known. */
  readonly endKnownAt: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  /** What lies above the last stable offset, held back by a transaction that is open; 0 where nothing is known of one. */
  readonly heldBack: number;
  /** Since when something lies above this last stable offset, in Unix ms; -1 where nothing does. */
  readonly heldBackSince: number;
  /**
   * Good answers without records in a row. When the end is further on all the same, there is a gap up to it, as
   * compaction can leave one.
   */
  readonly emptyAnswers: number;
  /**
   * The next records; undefined when there are none within `timeoutMs`, when the signal is aborted, or on close. A
   * batch with count 0 only moves the position. One call at a time. After a rejection every further call rejects alike.
   */
  next(timeoutMs: number, signal?: AbortSignal): Promise<SourceBatch | undefined>;
  close(): void;
}

/** What a feed and the fetcher that fills it share. The fetcher owns when; the feed owns what and from where. */
export class FetchedFeed implements PartitionFeed {
  readonly topic: string;
  readonly partition: number;
  readonly #isolation: Isolation;
  readonly backoff = new Backoff(50, 1000);
  /** Set with the first metadata; a topic that comes back with another id is another topic. */
  topicId: string | undefined;
  highWatermark = -1;
  logStartOffset = -1;
  /** A request for it is under way. */
  isFetching = false;
  /** Not to be asked for before (`performance.now()`). */
  notBefore = 0;
  /** First moment at which the topic was missing; undefined while it is there. */
  unknownSince: number | undefined;
  emptyAnswers = 0;
  endKnownAt = -1;
  heldBackSince = -1;
  #lastStableOffset = -1;
  #fetchOffset: number;
  #current: FetchedData | undefined;
  #prefetched: FetchedData | undefined;
  #failure: AppError | undefined;
  #isClosed = false;
  #wake: (() => void) | undefined;
  readonly #onRoom: (feed: FetchedFeed) => void;

  constructor(
    place: { readonly topic: string; readonly partition: number; readonly offset: number },
    isolation: Isolation,
    onRoom: (feed: FetchedFeed) => void,
  ) {
    this.topic = place.topic;
    this.partition = place.partition;
    this.#fetchOffset = place.offset;
    this.#isolation = isolation;
    this.#onRoom = onRoom;
  }

  get #isReadCommitted(): boolean {
    return this.#isolation === 'read-committed';
  }

  get endOffset(): number {
    return this.#isReadCommitted && this.#lastStableOffset >= 0 ? this.#lastStableOffset : this.highWatermark;
  }

  get heldBack(): number {
    return this.heldBackSince < 0 ? 0 : this.highWatermark - this.#lastStableOffset;
  }

  get fetchOffset(): number {
    return this.#fetchOffset;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the fetcher should ask for more: the prefetch slot is empty. */
  get hasRoom(): boolean {
    return this.#prefetched === undefined && this.#failure === undefined && !this.#isClosed && !this.isFetching;
  }

  /** Records are known or supposed to be there, so that asking needs no waiting at the broker. */
  get isBehind(): boolean {
    return this.emptyAnswers === 0 && (this.endOffset < 0 || this.#fetchOffset < this.endOffset);
  }

  async next(timeoutMs: number, signal?: AbortSignal): Promise<SourceBatch | undefined> {
    if (this.#wake !== undefined) throw kafkaError('KAFKA_CLOSED', 'A feed was asked for two batches at once.');
    const ready = this.#take();
    if (ready !== undefined || this.#isClosed || signal?.aborted) return ready;
    await this.#arrival(timeoutMs, signal);
    return this.#take();
  }

  close(): void {
    this.#isClosed = true;
    this.#prefetched = undefined;
    this.#current = undefined;
    this.#wake?.();
    this.#onRoom(this);
  }

  fail(error: AppError): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  /** Takes over a good answer. Throws what `FetchedData` throws. */
  accept(answer: FetchedAnswer): void {
    this.highWatermark = answer.highWatermark;
    this.endKnownAt = Date.now();
    this.logStartOffset = answer.logStartOffset;
    this.#noteStable(answer.lastStableOffset);
    this.unknownSince = undefined;
    this.backoff.reset();
    const data = new FetchedData({
      topic: this.topic,
      partition: this.partition,
      fetchOffset: this.#fetchOffset,
      bytes: answer.bytes,
      ...this.#transactionsOf(answer),
    });
    if (!data.hasMore) {
      this.emptyAnswers += 1;
      return;
    }
    this.emptyAnswers = 0;
    this.#fetchOffset = data.nextOffset;
    if (this.#isClosed) return;
    this.#prefetched = data;
    this.#wake?.();
  }

  #transactionsOf({ aborted }: FetchedAnswer): Pick<FetchedPartition, 'aborted' | 'outcomes'> {
    if (this.#isReadCommitted) return { aborted };
    if (typeof this.#isolation === 'string') return { aborted: undefined };
    if ('gather' in this.#isolation) return { aborted: undefined, outcomes: this.#isolation.gather };
    return { aborted: this.#isolation.by.leftOutFrom(this.#fetchOffset) };
  }

  /** An end that moves is held back by nobody for long, however many transactions are open at any time. */
  #noteStable(offset: number): void {
    const isHeldBack = this.#isReadCommitted && offset >= 0 && offset < this.highWatermark;
    if (!isHeldBack) this.heldBackSince = -1;
    else if (this.heldBackSince < 0 || offset !== this.#lastStableOffset) this.heldBackSince = this.endKnownAt;
    this.#lastStableOffset = offset;
  }

  #take(): SourceBatch | undefined {
    if (this.#isClosed) return undefined;
    if (this.#current === undefined && this.#prefetched !== undefined) {
      this.#current = this.#prefetched;
      this.#prefetched = undefined;
      this.#onRoom(this);
    }
    if (this.#current === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      return undefined;
    }
    try {
      const batch = this.#current.next();
      if (!this.#current.hasMore) this.#current = undefined;
      return batch;
    } catch (error) {
      this.#current = undefined;
      this.#prefetched = undefined;
      this.#failure = error as AppError; // decoding throws nothing else
      throw error;
    }
  }

  #arrival(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal?.addEventListener('abort', wake, { once: true });
      this.#wake = wake;
    });
  }
}
