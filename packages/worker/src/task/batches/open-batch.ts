import type { DefinedBatch } from '@penstock/engine';
import { joinMessages, type Messages } from './join-messages.ts';

/** All of a batch is in memory at once: it ends here, however many records it may have. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Messages that were read and wait until their batch is whole: it has as many records as were asked for, or was waited
 * for long enough. Nothing of it is worked off before, so whoever ends meanwhile leaves it to be read again.
 */
export class OpenBatch {
  readonly #definition: DefinedBatch;
  #messages: Messages[] = [];
  #records = 0;
  #bytes = 0;
  #openedAt = 0;
  /** Messages in it: records, and what tasks in front of a cut report of themselves. */
  count = 0;

  constructor(definition: DefinedBatch) {
    this.#definition = definition;
  }

  /** How many more records it takes; 0 once it is full. */
  get room(): number {
    return this.#bytes >= MAX_BYTES ? 0 : Math.max(0, this.#definition.size - this.#records);
  }

  /** For how long it waits for more, in ms: 0 where it is whole, Infinity where nothing is in it. */
  waitMs(nowMs: number): number {
    if (this.count === 0) return Number.POSITIVE_INFINITY;
    // Reports are no records: alone they have nothing to wait for.
    if (this.room === 0 || this.#records === 0) return 0;
    return Math.max(0, this.#openedAt + this.#definition.waitMs - nowMs);
  }

  add(messages: Messages, nowMs: number): void {
    const { batch, from, to } = messages;
    if (this.#records === 0) this.#openedAt = nowMs;
    for (let index = from; index < to; index++) {
      const start = batch.valueStart[index] as number;
      if (start < 0) continue;
      this.#records += 1;
      this.#bytes += (batch.valueEnd[index] as number) - start;
    }
    this.#messages.push(messages);
    this.count += to - from;
  }

  /** What is in it, whole or not, in order; it is empty afterwards. */
  take(): Messages {
    const messages = joinMessages(this.#messages);
    this.#messages = [];
    this.#records = 0;
    this.#bytes = 0;
    this.count = 0;
    return messages;
  }
}
