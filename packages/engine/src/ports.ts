import type { AssetFacts, PlacesQuestion, PointFacts, PointQuestion, TreePlace } from '@penstock/model';

/**
 * What the engine needs from the outside. `packages/kafka` implements these on a real broker; tests of the engine
 * implement them in memory. Nothing here knows Kafka's wire format, only its ideas (partition, offset, transaction).
 */

/**
 * Consecutive records of one partition, as bytes, in structure-of-arrays form: no object per record.
 * Entries 0 to `count - 1` are valid. `start`/`end` index into `bytes`; a start of -1 means null (absent).
 * The batch and its `bytes` are never reused by the reader, so records may keep referring to them.
 */
export interface SourceBatch {
  readonly topic: string;
  readonly partition: number;
  readonly count: number;
  readonly bytes: Buffer;
  readonly offsets: Float64Array;
  /** Unix ms. */
  readonly timestamps: Float64Array;
  readonly keyStart: Int32Array;
  readonly keyEnd: Int32Array;
  readonly valueStart: Int32Array;
  readonly valueEnd: Int32Array;
  /** Where the record's headers begin (the header count varint of record format v2), for `headersOf`. */
  readonly headersStart: Int32Array;
  readonly headersEnd: Int32Array;
  /** Offset to read next once every record of this batch is done; beyond the last record where offsets have gaps. */
  readonly nextOffset: number;
  /**
   * Present where the entries are no messages of their own but records that stand in one message: all of them have its
   * offset, key, headers and timestamp, and `first` is the number of entry 0 in it.
   */
  readonly message?: { readonly batch: SourceBatch; readonly index: number; readonly first: number };
}

export interface RecordHeader {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/** Appends to one topic within the task's current transaction. Synchronous: it only fills buffers. */
export interface TopicAppender {
  readonly topic: string;
  readonly partitions: number;
  /** A record whose key, value and headers have no more bytes than this together fits the topic. */
  readonly maxRecordBytes: number;
  /** The partition that records with this partition key go to (murmur2, as Kafka's own default partitioner). */
  partitionFor(partitionKey: string): number;
  /**
   * Strings are written as UTF-8. A `null` value is a tombstone. `timestamp` in Unix ms. Throws, and appends nothing,
   * for a record that the topic cannot take: `KAFKA_RECORD_TOO_LARGE`, `KAFKA_RECORD_REFUSED`.
   */
  append(
    partition: number,
    key: string | Uint8Array | null,
    value: string | Uint8Array | null,
    timestamp: number,
    headers?: readonly RecordHeader[],
  ): void;
  /** Like `append`, copying the value from `source[start, end)` without an intermediate object. */
  appendBytes(
    partition: number,
    key: string | null,
    source: Buffer,
    start: number,
    end: number,
    timestamp: number,
  ): void;
}

/** What a task reads. */
export interface InputPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Offset of the consumer group for the partition a task reads: the next offset to be processed. */
export interface Position extends InputPartition {
  readonly offset: number;
}

/**
 * Where one task's output goes: a sequence of transactions (exactly-once) or acknowledged batches (at-least-once).
 * After any rejected promise the log is unusable: the task is thrown away and made anew.
 * Errors: `AppError` with code `KAFKA_FENCED` when a newer owner has taken the task.
 */
export interface TaskLog {
  appender(topic: string): TopicAppender;
  /** Bytes appended since the last `flush` or `commit` that have not been sent. */
  readonly pendingBytes: number;
  /** Whether a transaction is open outside: it must be ended before its time-out, whatever the task does meanwhile. */
  readonly isOpen: boolean;
  /** Records appended in the current transaction. */
  readonly pendingRecords: number;
  /** Sends what is pending, without ending the transaction: bounds memory between commits. */
  flush(): Promise<void>;
  /** Ends the transaction with everything appended since the last commit, and the position. */
  commit(position: Position | undefined): Promise<void>;
  /** Throws away what was not committed. Idempotent. */
  close(): Promise<void>;
}

/** One entry of a changelog partition, as restored. */
export interface ChangelogEntry {
  readonly key: string;
  /** `null`: deleted. */
  readonly value: string | null;
}

/** A connection to a database. One statement at a time. */
export interface SqlSession {
  /** The rows of a statement. Errors: `SqlRefusal`; `AppError` where the database cannot be reached. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Connections to one database, shared by whoever needs one for a while. */
export interface SqlPool {
  /**
   * Does some work with a connection of its own. What it throws ends the connection, and with it what it had begun.
   * Errors: `AppError` where the database cannot be reached, and what the work throws.
   */
  use<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
}

/** What a database says of a statement that it does not do. */
export class SqlRefusal extends Error {
  /** Five letters and digits; the first two are its class. */
  readonly sqlState: string;

  constructor(sqlState: string, message: string) {
    super(message);
    this.name = 'SqlRefusal';
    this.sqlState = sqlState;
  }
}

/** Time, injected so that tests own it. Milliseconds. */
export interface Clock {
  /** Unix ms, for what people see and for fixed-frequency triggers. */
  now(): number;
}

/** Services outside that look-ups of operators ask. */
export interface Services extends Clock {
  /** Errors: `AppError`; `retryable` where the same request may succeed later. An answer of any status is an answer. */
  http(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  readonly assets: AssetService;
}

/** The asset store of the pipeline's organisation. */
export interface AssetService {
  /** Undefined: there is no asset with this id. Errors: `AppError`; `retryable` where the store could not be asked. */
  asset(assetId: string, signal: AbortSignal): Promise<AssetFacts | undefined>;
  /**
   * From now on, calls with the ids of assets that may not be any more what was answered for them before: changed, made
   * or removed. `all`: whatever was answered.
   */
  onChanged(listener: (assetIds: readonly string[] | 'all') => void): void;
  /**
   * The places of an asset in trees, each with who is next to it; none where it is in no such tree. Errors: as `asset`,
   * and `ASSET_NEIGHBOURS_TOO_MANY`.
   */
  places(question: PlacesQuestion, signal: AbortSignal): Promise<readonly TreePlace[]>;
  /** From now on, calls when answers of `places` may not be any more what they were. */
  onPlacesChanged(listener: () => void): void;
  /** Undefined: neither the model nor an ancestor has such a point. Errors: as `asset`. */
  point(question: PointQuestion, signal: AbortSignal): Promise<PointFacts | undefined>;
  /** The same for answers of `point`. */
  onPointsChanged(listener: () => void): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer is an error. */
  readonly maxAnswerBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The clock by which services are asked, and waited for. */
export interface ServiceTime extends Clock {
  /** Rejects with the signal's reason as soon as that is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
