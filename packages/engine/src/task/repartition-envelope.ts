import type { RecordHeader, SourceBatch } from '../ports.ts';
import { placeInMessage, type RecordPlace } from '../record/message/message-records.ts';
import type { StreamRecord } from '../record/stream-record.ts';

/**
 * What a record carries through a repartition topic besides its contents, so that a dead letter written behind a cut
 * still holds the message as it was first read: where it came from, the original value where a stage has changed the
 * record since, and the original headers under a prefix. Where that is more than the topic takes, the original value
 * stays where it was read, and `penstock.origin.reference` says so. Only trusted on topics of our own.
 */
const PLACE = 'penstock.origin';
const VALUE = 'penstock.origin.value';
const HEADER = 'penstock.origin.header.';
const REFERENCE = 'penstock.origin.reference';

export interface OriginalMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
  /** Of a message that held several records: which of them this is. `value` is that record alone. */
  readonly place?: RecordPlace | undefined;
  /** The value (and headers) are not here but at the message's place in its topic. */
  readonly isReference?: boolean;
}

/** Topic, partition, offset, timestamp and key (base64) of a message, and which of its records it is about. */
type PlaceHeader = readonly [string, number, number, number, string | null, RecordPlace?];

/** How messages are looked at: by their bytes, and with the knowledge whether the topic is a repartition topic. */
export interface MessageReader {
  headersOf(batch: SourceBatch, index: number): readonly RecordHeader[];
  /** True in parts behind a cut. */
  readonly isRepartition: boolean;
}

/**
 * The headers to send along with a record into a repartition topic; with `byReference` only its origin's place. A key
 * too large for that stays behind as well.
 */
export const envelopeOf = (record: StreamRecord, reader: MessageReader, byReference = false): RecordHeader[] => {
  const { batch, index } = record;
  if (batch === undefined) return [];
  const original = readOrigin(batch, index, reader);
  const { topic, partition, offset, timestamp } = original;
  const key = byReference ? null : (original.key?.toString('base64') ?? null);
  const message = [topic, partition, offset, timestamp, key] as const;
  const place: PlaceHeader = original.place === undefined ? message : [...message, original.place];
  const headers: RecordHeader[] = [{ key: Buffer.from(PLACE), value: Buffer.from(JSON.stringify(place)) }];
  if (byReference || original.isReference === true) {
    headers.push({ key: Buffer.from(REFERENCE), value: null });
    return headers;
  }
  if (!isAsRead(record, original)) headers.push({ key: Buffer.from(VALUE), value: original.value });
  for (const header of original.headers)
    headers.push({ key: Buffer.concat([Buffer.from(HEADER), header.key]), value: header.value });
  return headers;
};

/** True while a record is, byte for byte, the message it came from first. */
export const isAsRead = (record: StreamRecord, original: OriginalMessage): boolean =>
  record.isUntouched &&
  record.batch !== undefined &&
  original.value?.buffer === record.batch.bytes.buffer &&
  original.value.byteOffset === record.batch.bytes.byteOffset + (record.batch.valueStart[record.index] ?? -1);

/** The message a record came from first, looking through a repartition topic if it came by one. */
export const readOrigin = (batch: SourceBatch, index: number, reader: MessageReader): OriginalMessage => {
  const value = slice(batch.bytes, batch.valueStart[index], batch.valueEnd[index]);
  const headers = reader.headersOf(batch.message?.batch ?? batch, batch.message?.index ?? index);
  const place = reader.isRepartition ? headerValue(headers, PLACE) : undefined;
  if (place === undefined || place === null)
    return {
      topic: batch.topic,
      partition: batch.partition,
      offset: batch.offsets[index] ?? -1,
      timestamp: batch.timestamps[index] ?? -1,
      key: slice(batch.bytes, batch.keyStart[index], batch.keyEnd[index]),
      value,
      headers,
      place: placeInMessage(batch, index),
    };
  const [topic, partition, offset, timestamp, key, inMessage] = JSON.parse(place.toString('utf8')) as PlaceHeader;
  const of = { topic, partition, offset, timestamp, place: inMessage };
  if (headerValue(headers, REFERENCE) !== undefined)
    return { ...of, key: null, value: null, headers: [], isReference: true };
  const kept = headerValue(headers, VALUE);
  return {
    ...of,
    key: key === null ? null : Buffer.from(key, 'base64'),
    value: kept === undefined ? value : kept,
    headers: headers.flatMap((header) =>
      header.key.toString('utf8').startsWith(HEADER)
        ? [{ key: header.key.subarray(HEADER.length), value: header.value }]
        : [],
    ),
  };
};

/** Undefined: no such header; `null`: a header without value. */
const headerValue = (headers: readonly RecordHeader[], name: string): Buffer | null | undefined =>
  headers.find(({ key }) => key.toString('utf8') === name)?.value;

const slice = (bytes: Buffer, start: number | undefined, end: number | undefined): Buffer | null =>
  start === undefined || start < 0 ? null : bytes.subarray(start, end);
