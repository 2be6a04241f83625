import type { SourceBatch } from '../../ports.ts';
import { type Arrangement, MessageValues } from './message-values.ts';

/** Where a record stands in a message that holds several. */
export interface RecordPlace {
  /** From 0. */
  readonly number: number;
  /** Bytes of the message's value in front of it. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
}

/** Some of the records of a message, and why the last entry is none where the message is broken there. */
export interface MessagePiece {
  readonly batch: SourceBatch;
  readonly fault: string | undefined;
}

/**
 * The records of one message, a piece at a time: however many it holds, only those that are being worked on are in
 * memory. A piece is a source batch over the same bytes, so that its records are read, changed and written like any.
 */
export class MessageRecords {
  readonly #batch: SourceBatch;
  readonly #index: number;
  readonly #values: MessageValues;

  constructor(batch: SourceBatch, index: number, arrangement: Arrangement) {
    this.#batch = batch;
    this.#index = index;
    const { bytes, valueStart, valueEnd } = batch;
    this.#values = new MessageValues(bytes, valueStart[index] as number, valueEnd[index] as number, arrangement);
  }

  /** At most `limit` of them; undefined once there are no more. */
  take(limit: number): MessagePiece | undefined {
    const values = this.#values;
    const first = values.count;
    const starts: number[] = [];
    const ends: number[] = [];
    while (starts.length < limit && values.next()) {
      starts.push(values.start);
      ends.push(values.end);
    }
    if (starts.length === 0) return undefined;
    return { batch: this.#pieceOf(first, starts, ends), fault: values.fault };
  }

  /** How many were taken. */
  get taken(): number {
    return this.#values.count;
  }

  #pieceOf(first: number, starts: readonly number[], ends: readonly number[]): SourceBatch {
    const batch = this.#batch;
    const index = this.#index;
    const count = starts.length;
    const same = (column: Int32Array): Int32Array => new Int32Array(count).fill(column[index] as number);
    return {
      topic: batch.topic,
      partition: batch.partition,
      count,
      bytes: batch.bytes,
      offsets: new Float64Array(count).fill(batch.offsets[index] as number),
      timestamps: new Float64Array(count).fill(batch.timestamps[index] as number),
      keyStart: same(batch.keyStart),
      keyEnd: same(batch.keyEnd),
      valueStart: Int32Array.from(starts),
      valueEnd: Int32Array.from(ends),
      headersStart: same(batch.headersStart),
      headersEnd: same(batch.headersEnd),
      nextOffset: batch.nextOffset,
      message: { batch, index, first },
    };
  }
}

/** Where the record at `index` stands in its message; undefined where it is the message. */
export const placeInMessage = (
  { message, valueStart, valueEnd }: SourceBatch,
  index: number,
): RecordPlace | undefined => {
  if (message === undefined) return undefined;
  const start = valueStart[index] as number;
  return {
    number: message.first + index,
    start: start - (message.batch.valueStart[message.index] as number),
    length: (valueEnd[index] as number) - start,
  };
};
