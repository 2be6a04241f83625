import { AppError } from '@penstock/model';
import { partitionTextOf } from '../plan/key-reader.ts';
import type { KeyTerms } from '../plan/key-terms.ts';
import type { Clock, RecordHeader, TopicAppender } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import { type FlowMark, flowHeader } from '../time/flow-header.ts';
import { envelopeOf, type MessageReader } from './repartition-envelope.ts';

/**
 * Sends records through a cut: to the repartition topic, to the partition that its key chooses. Where a record and its
 * original together are larger than the topic takes, the original stays where it was read. Throws for a record that does
 * not fit even so, and for one that cannot be written.
 */
export class CutWriter {
  readonly #appender: TopicAppender;
  readonly #keyOf: (record: StreamRecord) => string;
  readonly #reader: MessageReader;
  readonly #clock: Clock;
  readonly #flowOf: (record: StreamRecord) => FlowMark;

  /** `flowOf`: by which way a record goes on, this task included. */
  constructor(
    appender: TopicAppender,
    partitionedBy: KeyTerms,
    reader: MessageReader,
    clock: Clock,
    flowOf: (record: StreamRecord) => FlowMark,
  ) {
    this.#flowOf = flowOf;
    this.#appender = appender;
    this.#keyOf = partitionTextOf(partitionedBy);
    this.#reader = reader;
    this.#clock = clock;
  }

  /** `headers` come before those that the record carries with it. */
  write(record: StreamRecord, headers: readonly RecordHeader[] = []): void {
    const key = this.#keyOf(record);
    const { batch, index } = record;
    const value =
      batch !== undefined && record.isUntouched
        ? batch.bytes.subarray(batch.valueStart[index], batch.valueEnd[index])
        : record.toJson();
    const flow = flowHeader(this.#flowOf(record));
    const append = (byReference: boolean): void =>
      this.#appender.append(this.#appender.partitionFor(key), key, value, this.#clock.now(), [
        ...headers,
        flow,
        ...envelopeOf(record, this.#reader, byReference),
      ]);
    try {
      append(false);
    } catch (error) {
      if (!isTooLarge(error) || batch === undefined) throw error;
      append(true);
    }
  }
}

const isTooLarge = (error: unknown): boolean => error instanceof AppError && error.code === 'KAFKA_RECORD_TOO_LARGE';
