import { AppError, messageOf } from '@penstock/model';
import type { Emitter, Processor, TargetSpec } from '../operator/index.ts';
import type { Clock, TopicAppender } from '../ports.ts';
import { ByteWriter } from '../record/byte-writer.ts';
import type { StreamRecord } from '../record/stream-record.ts';

/** Partition keys repeat (asset ids); hashing each once is enough. Cleared when it gets this big. */
const MAX_KNOWN_KEYS = 100_000;

/** Writes records to a topic. An untouched record is written with its original bytes. */
export class TopicSink implements Processor {
  readonly #spec: Extract<TargetSpec, { kind: 'topic' }>;
  readonly #appender: TopicAppender;
  readonly #clock: Clock;
  readonly #writer = new ByteWriter();
  readonly #partitions = new Map<string, number>();
  #next = 0;

  constructor(spec: Extract<TargetSpec, { kind: 'topic' }>, appender: TopicAppender, clock: Clock) {
    this.#spec = spec;
    this.#appender = appender;
    this.#clock = clock;
  }

  process(record: StreamRecord, out: Emitter): void {
    try {
      const key = this.#spec.key(record);
      const partition = this.#partitionOf(record);
      const { batch, index } = record;
      // The time of writing: retention goes by it, and old input must not lead to output that is deleted at once.
      const timestamp = this.#clock.now();
      if (batch !== undefined && record.isUntouched)
        this.#appender.appendBytes(
          partition,
          key,
          batch.bytes,
          batch.valueStart[index] as number,
          batch.valueEnd[index] as number,
          timestamp,
        );
      else {
        this.#writer.reset();
        record.writeJson(this.#writer);
        this.#appender.appendBytes(partition, key, this.#writer.bytes, 0, this.#writer.length, timestamp);
      }
    } catch (error) {
      out.error(record, error instanceof AppError ? error.code : 'RECORD_NOT_WRITABLE', messageOf(error));
      return;
    }
    out.emit(record);
  }

  #partitionOf(record: StreamRecord): number {
    const key = this.#spec.partitionKey(record);
    if (key === null) {
      this.#next = (this.#next + 1) % this.#appender.partitions;
      return this.#next;
    }
    let partition = this.#partitions.get(key);
    if (partition === undefined) {
      if (this.#partitions.size >= MAX_KNOWN_KEYS) this.#partitions.clear();
      partition = this.#appender.partitionFor(key);
      this.#partitions.set(key, partition);
    }
    return partition;
  }
}

/** Ends records on purpose (Trash). */
export const discardSink: Processor = {
  process(record, out) {
    out.drop(record, 'trash');
  },
};
