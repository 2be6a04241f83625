import type { Clock, RecordHeader, SourceBatch, TopicAppender } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import { appendInPieces } from './message-pieces.ts';
import { isAsRead, type MessageReader, type OriginalMessage, readOrigin } from './repartition-envelope.ts';

/** Why and where a record failed. */
export interface Failure {
  readonly stage: string;
  /** Stable, `AREA_NOUN_PROBLEM`. */
  readonly code: string;
  readonly message: string;
}

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
 * original key, value and headers as they were (of a message with several records, the bytes of that record, and where
 * in the message it stood), and why and where it failed as further headers named `penstock.*`; where
 * stages had changed the record, also the record as the failing stage saw it. What is larger than the topic takes is
 * written in pieces. Where the original was too large to come along to this part of the plan, `penstock.reference`
 * says that it is to be found at its place in the source topic.
 */
export class DeadLetterWriter {
  readonly #options: DeadLetterOptions;

  constructor(options: DeadLetterOptions) {
    this.#options = options;
  }

  /** A message, or a part of one, that never became a record. */
  writeMessage(batch: SourceBatch, index: number, failure: Failure): void {
    this.#write(readOrigin(batch, index, this.#options.reader), failure, undefined);
  }

  writeRecord(record: StreamRecord, failure: Failure): void {
    if (record.batch === undefined) {
      const text = textOf(record);
      this.#write(madeHere(text), failure, text);
      return;
    }
    const original = readOrigin(record.batch, record.index, this.#options.reader);
    this.#write(original, failure, isAsRead(record, original) ? undefined : textOf(record));
  }

  #write(original: OriginalMessage, failure: Failure, changed: string | undefined): void {
    const { appender, pipelineId, runId, clock } = this.#options;
    const now = clock.now();
    const facts: RecordHeader[] = [];
    const add = (name: string, value: string | number | Buffer): void => {
      const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
      facts.push({ key: Buffer.from(`penstock.${name}`), value: bytes });
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
    if (original.place !== undefined) {
      add('place', original.place.number);
      add('place.start', original.place.start);
      add('place.length', original.place.length);
    }
    if (original.isReference === true) add('reference', 1);
    const kept = { ...original, headers: original.headers.filter(isForeign) };
    const partition = Math.max(original.partition, 0) % appender.partitions;
    const record = changed === undefined ? null : Buffer.from(changed);
    const own = record === null ? [] : [{ key: Buffer.from('penstock.record'), value: record }];
    if (sizeOf(kept) + sizeOfHeaders(facts) + (record?.length ?? 0) <= appender.maxRecordBytes)
      appender.append(partition, kept.key, kept.value, now, [...kept.headers, ...facts, ...own]);
    else appendInPieces(appender, partition, kept, { facts, record, at: now });
  }
}

/** Ours are made anew for each dead letter. */
const isForeign = ({ key }: RecordHeader): boolean => !key.toString('utf8').startsWith('penstock.');

/** With room for the lengths in front of keys and values. */
const sizeOfHeaders = (headers: readonly RecordHeader[]): number =>
  headers.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0) + 10, 10);

const sizeOf = ({ key, value, headers }: OriginalMessage): number =>
  (key?.length ?? 0) + (value?.length ?? 0) + sizeOfHeaders(headers);

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
