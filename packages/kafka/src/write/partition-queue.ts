import type { RecordHeader } from '@penstock/engine';
import { kafkaError } from '../errors.ts';
import {
  BatchBuilder,
  lengthOf,
  NO_HEADERS,
  type ProducerIdentity,
  type RecordData,
  type SealedBatch,
  sizeOfHeaders,
} from '../wire/batch-builder.ts';
import { BufferPool } from '../wire/buffer-pool.ts';
import type { CompressionType } from '../wire/compression.ts';
import { HEADER_BYTES } from '../wire/record-format.ts';

/** Shared by all partitions of one task log. */
export interface QueueContext {
  readonly producer: ProducerIdentity;
  readonly compression: CompressionType;
  readonly pool: BufferPool;
  readonly maxBatchBytes: number;
  /** Counts bytes and records that were appended. */
  readonly onAppend: (bytes: number) => void;
}

/** What is waiting to be sent to one partition: finished batches and the one being filled. */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly #context: QueueContext;
  readonly #maxMessageBytes: number;
  readonly #needsKey: boolean;
  readonly #builder: BatchBuilder;
  #sealed: SealedBatch[] = [];
  #sequence = 0;

  constructor(
    context: QueueContext,
    facts: { readonly name: string; readonly maxMessageBytes: number; readonly needsKey: boolean },
    partition: number,
  ) {
    this.#context = context;
    this.topic = facts.name;
    this.partition = partition;
    this.#maxMessageBytes = facts.maxMessageBytes;
    this.#needsKey = facts.needsKey;
    this.#builder = new BatchBuilder(context.pool);
  }

  get hasPending(): boolean {
    return this.#sealed.length > 0 || this.#builder.count > 0;
  }

  /** Throws `KAFKA_RECORD_TOO_LARGE` or `KAFKA_RECORD_REFUSED`, and then appends nothing. */
  append(key: RecordData, value: RecordData, timestamp: number, headers: readonly RecordHeader[]): void {
    const keyLength = lengthOf(key);
    const valueLength = lengthOf(value);
    const headersLength = headers.length === 0 ? 1 : sizeOfHeaders(headers);
    const before = this.#room(keyLength, valueLength, headersLength, timestamp, () =>
      this.#packedSize(key, value, timestamp, headers),
    );
    this.#builder.append(key, keyLength, value, valueLength, timestamp, headers, headersLength);
    this.#context.onAppend(this.#builder.length - before);
  }

  /** Like `append`, with the value in `source[start, end)`. */
  appendBytes(key: string | null, source: Buffer, start: number, end: number, timestamp: number): void {
    const keyLength = lengthOf(key);
    const before = this.#room(keyLength, end - start, 1, timestamp, () =>
      this.#packedSize(key, source.subarray(start, end), timestamp, NO_HEADERS),
    );
    this.#builder.appendCopy(key, keyLength, source, start, end, timestamp);
    this.#context.onAppend(this.#builder.length - before);
  }

  /** Finishes what was appended so far and hands it over, in order. */
  takeBatches(): SealedBatch[] {
    this.#seal();
    const batches = this.#sealed;
    this.#sealed = [];
    return batches;
  }

  /** Sees to it that the record fits the batch being filled; returns the batch's length for counting. */
  #room(
    keyLength: number,
    valueLength: number,
    headersLength: number,
    timestamp: number,
    packed: () => number,
  ): number {
    const { maxBatchBytes, compression } = this.#context;
    if (keyLength < 0 && this.#needsKey) throw this.#noKey();
    const limit = Math.min(maxBatchBytes, this.#maxMessageBytes);
    let length = this.#builder.length;
    const size = this.#builder.sizeOf(keyLength, valueLength, headersLength, timestamp);
    if (this.#builder.count > 0 && length + size > limit) {
      this.#seal();
      length = HEADER_BYTES;
    }
    // On its own a record may exceed the batch size, but never what the topic takes.
    const alone = HEADER_BYTES + size + 10;
    if (alone > this.#maxMessageBytes) {
      const exact = compression === 'none' ? this.#sizeAlone(keyLength, valueLength, headersLength) : packed();
      if (exact > this.#maxMessageBytes) throw this.#tooLarge(exact);
    }
    return length;
  }

  #seal(): void {
    const { producer, compression } = this.#context;
    if (this.#builder.count === 0) return;
    const batch = this.#builder.seal(producer, this.#sequence, compression);
    // Sequence numbers wrap to 0 after 2^31 - 1 (KIP-98).
    this.#sequence = (this.#sequence + batch.count) % 2_147_483_648;
    this.#sealed.push(batch);
  }

  #sizeAlone(keyLength: number, valueLength: number, headersLength: number): number {
    return HEADER_BYTES + new BatchBuilder(this.#context.pool).sizeOf(keyLength, valueLength, headersLength, 0);
  }

  /** Size of a batch with only this record, compressed. */
  #packedSize(key: RecordData, value: RecordData, timestamp: number, headers: readonly RecordHeader[]): number {
    const { producer, compression } = this.#context;
    const builder = new BatchBuilder(new BufferPool(0));
    builder.append(key, lengthOf(key), value, lengthOf(value), timestamp, headers, sizeOfHeaders(headers));
    return builder.seal(producer, 0, compression).bytes.length;
  }

  #noKey(): Error {
    const { topic, partition } = this;
    const message = `The topic "${topic}" is compacted (cleanup.policy) and takes no record without a key.`;
    return kafkaError('KAFKA_RECORD_REFUSED', message, { params: { topic, partition } });
  }

  #tooLarge(size: number): Error {
    const { topic, partition } = this;
    const message = `A record of ${size} bytes is larger than max.message.bytes (${this.#maxMessageBytes}) of the topic "${topic}".`;
    return kafkaError('KAFKA_RECORD_TOO_LARGE', message, {
      params: { topic, partition, size, maxMessageBytes: this.#maxMessageBytes },
    });
  }
}
