import { AppError } from '@penstock/model';
import type { RecordHeader, SourceBatch, TaskLog, TopicAppender } from '../ports.ts';

export interface MemoryMessage {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly timestamp: number;
  readonly headers: readonly RecordHeader[];
}

const bufferOf = (value: string | Uint8Array | null): Buffer | null => (value === null ? null : Buffer.from(value));

const sizeOf = (key: Buffer | null, value: Buffer | null, headers: readonly RecordHeader[]): number =>
  headers.reduce((sum, header) => sum + header.key.length + (header.value?.length ?? 0), 0) +
  (key?.length ?? 0) +
  (value?.length ?? 0);

/** A task log that keeps what is appended, in order, and writes nothing anywhere: for previews and tests. */
export class MemoryLog implements TaskLog {
  readonly messages: MemoryMessage[] = [];
  readonly #maxRecordBytes: number;

  /** `maxRecordBytes`: as if each topic took records of this size and no larger. */
  constructor(maxRecordBytes: number = Number.POSITIVE_INFINITY) {
    this.#maxRecordBytes = maxRecordBytes;
  }

  appender(topic: string): TopicAppender {
    const keep = (
      partition: number,
      key: string | Uint8Array | null,
      value: Buffer | null,
      timestamp: number,
      headers: readonly RecordHeader[],
    ): void => {
      const size = sizeOf(bufferOf(key), value, headers);
      if (size > this.#maxRecordBytes)
        throw new AppError('KAFKA_RECORD_TOO_LARGE', `A record of ${size} bytes is larger than ${topic} takes.`, {
          domain: 'user',
          params: { topic },
        });
      this.messages.push({ topic, partition, key: bufferOf(key)?.toString('utf8') ?? null, value, timestamp, headers });
    };
    return {
      topic,
      partitions: 1,
      maxRecordBytes: this.#maxRecordBytes,
      partitionFor: () => 0,
      append: (partition, key, value, timestamp, headers = []) =>
        keep(partition, key, bufferOf(value), timestamp, headers),
      appendBytes: (partition, key, source, start, end, timestamp) =>
        keep(partition, key, Buffer.from(source.subarray(start, end)), timestamp, []),
    };
  }

  get pendingBytes(): number {
    return 0;
  }
  get isOpen(): boolean {
    return false;
  }
  get pendingRecords(): number {
    return this.messages.length;
  }
  async flush(): Promise<void> {}
  async commit(): Promise<void> {}
  async close(): Promise<void> {}
}

/** Messages as a batch that a task can be given, with a way to get at their headers. */
export const batchOfMessages = (
  topic: string,
  messages: readonly { readonly key: string | null; readonly value: Buffer | null; readonly timestamp: number }[],
): SourceBatch => {
  const count = messages.length;
  const columns = {
    keyStart: new Int32Array(count),
    keyEnd: new Int32Array(count),
    valueStart: new Int32Array(count),
    valueEnd: new Int32Array(count),
  };
  const pieces: Buffer[] = [];
  let at = 0;
  const put = (piece: Buffer | null, index: number, start: Int32Array, end: Int32Array): void => {
    start[index] = piece === null ? -1 : at;
    if (piece !== null) {
      pieces.push(piece);
      at += piece.length;
    }
    end[index] = piece === null ? -1 : at;
  };
  messages.forEach((message, index) => {
    put(message.key === null ? null : Buffer.from(message.key), index, columns.keyStart, columns.keyEnd);
    put(message.value, index, columns.valueStart, columns.valueEnd);
  });
  return {
    topic,
    partition: 0,
    count,
    bytes: Buffer.concat(pieces),
    offsets: Float64Array.from({ length: count }, (_, index) => index),
    timestamps: Float64Array.from(messages, ({ timestamp }) => timestamp),
    ...columns,
    headersStart: new Int32Array(count),
    headersEnd: new Int32Array(count),
    nextOffset: count,
  };
};
