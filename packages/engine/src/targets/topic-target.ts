import { AppError, messageOf } from '@penstock/model';
import type { Emitter, Target, TargetPort } from '../operator/index.ts';
import type { Clock, TopicAppender } from '../ports.ts';
import { ByteWriter } from '../record/byte-writer.ts';
import type { StreamRecord } from '../record/stream-record.ts';

/** Partition keys repeat (asset ids); hashing each once is enough. Cleared when it gets this big. */
const MAX_KNOWN_KEYS = 100_000;

export interface TopicTargetOptions {
  readonly topic: string;
  /** Message key of a record. */
  readonly key: (record: StreamRecord) => string | null;
  /** Text whose hash chooses the partition; `null` leaves the choice to the writer. */
  readonly partitionKey: (record: StreamRecord) => string | null;
  /** Kafka client settings the user gave, already checked. */
  readonly clientSettings: Readonly<Record<string, string>>;
}

/** Writes records to a topic, in the transactions of the task. */
export const topicTarget = (options: TopicTargetOptions): TargetPort => ({
  promise: 'exactly-once',
  topics: [{ topic: options.topic, clientSettings: options.clientSettings }],
  open: ({ appender, clock }) => new TopicTarget(options, appender(options.topic), clock),
});

/** An untouched record is written with its original bytes. */
class TopicTarget implements Target {
  readonly #options: TopicTargetOptions;
  readonly #appender: TopicAppender;
  readonly #clock: Clock;
  readonly #writer = new ByteWriter();
  readonly #partitions = new Map<string, number>();
  #next = 0;

  constructor(options: TopicTargetOptions, appender: TopicAppender, clock: Clock) {
    this.#options = options;
    this.#appender = appender;
    this.#clock = clock;
  }

  write(record: StreamRecord, out: Emitter): void {
    try {
      const key = this.#options.key(record);
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
    const key = this.#options.partitionKey(record);
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
