import { headersOf, type SourceBatch } from '@penstock/kafka';

/** Of a value so much is kept; what is longer is shown by its beginning. */
export const MAX_VALUE_BYTES = 64 * 1024;
const MAX_KEY_BYTES = 4 * 1024;
const MAX_HEADERS = 50;
const MAX_HEADER_BYTES = 1024;

/** The beginning of some bytes, and how many there were. `bytes` null: there were none, which is not an empty text. */
export interface Beginning {
  readonly bytes: Buffer | null;
  readonly size: number;
}

/** A record of a topic as it lies there, long parts cut. */
export interface SampledRecord {
  readonly partition: number;
  readonly offset: number;
  /** Unix ms; -1 where it has none. */
  readonly timestamp: number;
  readonly key: Beginning;
  readonly value: Beginning;
  readonly headers: readonly { readonly key: string; readonly value: Beginning }[];
  /** How many there were; of very many the first are kept. */
  readonly headerCount: number;
  /** Bytes that are kept of it. */
  readonly kept: number;
}

/** A copy, so that the batch it came in can go. Throws `KAFKA_BATCH_CORRUPT`. */
export const sampleOf = (batch: SourceBatch, index: number): SampledRecord => {
  const { bytes } = batch;
  const key = beginningOf(slice(bytes, batch.keyStart[index], batch.keyEnd[index]), MAX_KEY_BYTES);
  const value = beginningOf(slice(bytes, batch.valueStart[index], batch.valueEnd[index]), MAX_VALUE_BYTES);
  const all = headersOf(batch, index);
  const headers = all.slice(0, MAX_HEADERS).map((header) => ({
    key: header.key.toString('utf8', 0, MAX_HEADER_BYTES),
    value: beginningOf(header.value, MAX_HEADER_BYTES),
  }));
  const inHeaders = headers.reduce((sum, header) => sum + header.key.length + keptOf(header.value), 0);
  return {
    partition: batch.partition,
    offset: batch.offsets[index] ?? -1,
    timestamp: batch.timestamps[index] ?? -1,
    key,
    value,
    headers,
    headerCount: all.length,
    kept: keptOf(key) + keptOf(value) + inHeaders,
  };
};

const keptOf = ({ bytes }: Beginning): number => bytes?.length ?? 0;

const beginningOf = (bytes: Buffer | null, most: number): Beginning => ({
  bytes: bytes === null ? null : Buffer.from(bytes.subarray(0, most)),
  size: bytes?.length ?? 0,
});

const slice = (bytes: Buffer, start = -1, end = -1): Buffer | null => (start < 0 ? null : bytes.subarray(start, end));

/** Whether there was more than is kept. */
export const isCut = ({ bytes, size }: Beginning): boolean => bytes !== null && bytes.length < size;

/** As text; undefined where it is not UTF-8. A character that was cut in two is left out. */
export const textOf = (part: Beginning): string | undefined => {
  if (part.bytes === null) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part.bytes, { stream: isCut(part) });
  } catch {
    return undefined; // not UTF-8: the bytes are all there is
  }
};
