import type { JsonValue } from '@penstock/model';
import type { Clock, TopicAppender } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import { envelopeOf, type MessageReader } from './repartition-envelope.ts';

/** Sends records through a cut: to the repartition topic, to the partition that the values of its fields choose. */
export class CutWriter {
  readonly #appender: TopicAppender;
  readonly #fields: readonly string[];
  readonly #reader: MessageReader;
  readonly #clock: Clock;

  constructor(appender: TopicAppender, fields: readonly string[], reader: MessageReader, clock: Clock) {
    this.#appender = appender;
    this.#fields = fields;
    this.#reader = reader;
    this.#clock = clock;
  }

  write(record: StreamRecord): void {
    const key = this.#fields.map((field) => keyText(record.get(field))).join('\u0000');
    const { batch, index } = record;
    const value =
      batch !== undefined && record.isUntouched
        ? batch.bytes.subarray(batch.valueStart[index], batch.valueEnd[index])
        : record.toJson();
    this.#appender.append(
      this.#appender.partitionFor(key),
      key,
      value,
      this.#clock.now(),
      envelopeOf(record, this.#reader),
    );
  }
}

const keyText = (value: JsonValue | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
