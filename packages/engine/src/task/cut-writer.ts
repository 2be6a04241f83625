import { AppError, type JsonValue } from '@penstock/model';
import type { Clock, RecordHeader, TopicAppender } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import { type FlowMark, flowHeader } from '../time/flow-header.ts';
import { envelopeOf, type MessageReader } from './repartition-envelope.ts';

/**
 * Sends records through a cut: to the repartition topic, to the partition that the values of its fields choose. Where a
 * record and its original together are larger than the topic takes, the original stays where it was read. Throws for a
 * record that does not fit even so, and for one that cannot be written.
 */
export class CutWriter {
  readonly #appender: TopicAppender;
  readonly #fields: readonly string[];
  readonly #reader: MessageReader;
  readonly #clock: Clock;
  readonly #flowOf: (record: StreamRecord) => FlowMark;

  /** `flowOf`: by which way a record goes on, this task included. */
  constructor(
    appender: TopicAppender,
    fields: readonly string[],
    reader: MessageReader,
    clock: Clock,
    flowOf: (record: StreamRecord) => FlowMark,
  ) {
    this.#flowOf = flowOf;
    this.#appender = appender;
    this.#fields = fields;
    this.#reader = reader;
    this.#clock = clock;
  }

  /** `headers` come before those that the record carries with it. */
  write(record: StreamRecord, headers: readonly RecordHeader[] = []): void {
    const key = this.#fields.map((field) => keyText(record.get(field))).join('\u0000');
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

const keyText = (value: JsonValue | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
