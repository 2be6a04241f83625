import type { Clock, RecordHeader, SourceBatch, TopicAppender } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import { type MessageReader, type OriginalMessage, readOrigin } from './repartition-envelope.ts';

/** Why and where a record failed. */
export interface Failure {
  readonly stage: string;
  /** Stable, `AREA_NOUN_PROBLEM`. */
  readonly code: string;
  readonly message: string;
}

/** A record changed by stages is kept beside the original up to this many characters. */
const MAX_RECORD_TEXT = 64 * 1024;
const MAX_MESSAGE_TEXT = 2048;

export interface DeadLetterOptions {
  readonly appender: TopicAppender;
  readonly pipelineId: string;
  readonly runId: string;
  readonly clock: Clock;
  readonly reader: MessageReader;
}

/**
 * Writes failed records to the organisation's dead-letter topic, in the same transaction as everything else: the
 * original key, value and headers as they were, and why and where it failed as further headers named `penstock.*`.
 */
export class DeadLetterWriter {
  readonly #options: DeadLetterOptions;

  constructor(options: DeadLetterOptions) {
    this.#options = options;
  }

  /** A message that never became a record. */
  writeMessage(batch: SourceBatch, index: number, failure: Failure): void {
    this.#write(readOrigin(batch, index, this.#options.reader), failure, undefined);
  }

  writeRecord(record: StreamRecord, failure: Failure): void {
    const changed = record.isUntouched ? undefined : textOf(record);
    if (record.batch !== undefined)
      this.#write(readOrigin(record.batch, record.index, this.#options.reader), failure, changed);
    else this.#write(madeHere(changed ?? ''), failure, changed);
  }

  #write(original: OriginalMessage, failure: Failure, changed: string | undefined): void {
    const { appender, pipelineId, runId, clock } = this.#options;
    const now = clock.now();
    const headers: RecordHeader[] = original.headers.filter(({ key }) => !key.toString('utf8').startsWith('penstock.'));
    const add = (name: string, value: string | number): void => {
      headers.push({ key: Buffer.from(`penstock.${name}`), value: Buffer.from(String(value)) });
    };
    add('pipelineId', pipelineId);
    add('runId', runId);
    add('stage', failure.stage);
    add('code', failure.code);
    add('message', failure.message.slice(0, MAX_MESSAGE_TEXT));
    add('topic', original.topic);
    add('partition', original.partition);
    add('offset', original.offset);
    add('timestamp', original.timestamp);
    add('at', now);
    if (changed !== undefined) add('record', changed.slice(0, MAX_RECORD_TEXT));
    appender.append(Math.max(original.partition, 0) % appender.partitions, original.key, original.value, now, headers);
  }
}

/** A record that no message led to (made by a timer): its own text stands in for the original. */
const madeHere = (text: string): OriginalMessage => ({
  topic: '',
  partition: -1,
  offset: -1,
  timestamp: -1,
  key: null,
  value: Buffer.from(text),
  headers: [],
});

/** The record as the stage saw it; one too deep to be written is described instead. */
const textOf = (record: StreamRecord): string => {
  try {
    return record.toJson();
  } catch (error) {
    return JSON.stringify({ unwritable: error instanceof Error ? error.message : String(error) });
  }
};
