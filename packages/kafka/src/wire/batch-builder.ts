import { crc32c } from '@node-rs/crc32';
import type { RecordHeader } from '@penstock/engine';
import type { BufferPool } from './buffer-pool.ts';
import { type CompressionType, codecOf, compress } from './compression.ts';
import { AT, HEADER_BYTES, LOG_OVERHEAD, MAGIC, TRANSACTIONAL, writeInt64 } from './record-format.ts';
import { sizeOfVarint, writeVarint } from './varint.ts';

/** Who writes: goes into every batch header, so that the broker can fence and drop duplicates (KIP-98). */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly isTransactional: boolean;
}

/** A record's key or value: text (as UTF-8), bytes, or null. */
export type RecordData = string | Uint8Array | null;

/** A finished batch, ready for a produce request. */
export interface SealedBatch {
  readonly bytes: Buffer;
  /** What to give back to the pool once the batch is acknowledged. */
  readonly storage: Buffer;
  readonly count: number;
  /** Size of its records before compression. */
  readonly recordBytes: number;
}

export const NO_HEADERS: readonly RecordHeader[] = [];

/** Encodes records straight into one growing buffer as a record batch of format v2. */
export class BatchBuilder {
  readonly #pool: BufferPool;
  #bytes: Buffer | undefined;
  #length = HEADER_BYTES;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  get count(): number {
    return this.#count;
  }

  /** Size of the batch so far, uncompressed, with its header. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that `append` would add. */
  sizeOf(keyLength: number, valueLength: number, headersLength: number, timestamp: number): number {
    const body = this.#bodySize(keyLength, valueLength, headersLength, timestamp);
    return body + sizeOfVarint(body);
  }

  /** Adds a record. The lengths are those of `lengthOf` and `sizeOfHeaders`, which the caller needs anyway. */
  append(
    key: RecordData,
    keyLength: number,
    value: RecordData,
    valueLength: number,
    timestamp: number,
    headers: readonly RecordHeader[],
    headersLength: number,
  ): void {
    let at = this.#open(keyLength, valueLength, headersLength, timestamp);
    const bytes = this.#storage();
    at = writeVarint(bytes, at, keyLength);
    if (key !== null) at = writeData(bytes, at, key, keyLength);
    at = writeVarint(bytes, at, valueLength);
    if (value !== null) at = writeData(bytes, at, value, valueLength);
    this.#length = writeHeaders(bytes, at, headers);
  }

  /** Like `append` with the value taken from `source[start, end)`, without headers. */
  appendCopy(key: RecordData, keyLength: number, source: Buffer, start: number, end: number, timestamp: number): void {
    let at = this.#open(keyLength, end - start, 1, timestamp);
    const bytes = this.#storage();
    at = writeVarint(bytes, at, keyLength);
    if (key !== null) at = writeData(bytes, at, key, keyLength);
    at = writeVarint(bytes, at, end - start);
    source.copy(bytes, at, start, end);
    this.#length = writeHeaders(bytes, at + end - start, NO_HEADERS);
  }

  /** Finishes the batch and begins a new one. `sequence` is that of its first record. */
  seal(producer: ProducerIdentity, sequence: number, compression: CompressionType): SealedBatch {
    const count = this.#count;
    const recordBytes = this.#length - HEADER_BYTES;
    const storage = this.#storage();
    const packed = compression === 'none' ? undefined : this.#pack(storage, compression);
    const bytes = packed ?? storage.subarray(0, this.#length);
    this.#writeHeader(bytes, producer, sequence, packed === undefined ? 'none' : compression);
    this.#bytes = undefined;
    this.#length = HEADER_BYTES;
    this.#count = 0;
    return { bytes, storage, count, recordBytes };
  }

  #bodySize(keyLength: number, valueLength: number, headersLength: number, timestamp: number): number {
    const timestampDelta = this.#count === 0 ? 0 : timestamp - this.#baseTimestamp;
    const fixed = 1 + sizeOfVarint(timestampDelta) + sizeOfVarint(this.#count) + headersLength;
    const key = sizeOfVarint(keyLength) + (keyLength < 0 ? 0 : keyLength);
    return fixed + key + sizeOfVarint(valueLength) + (valueLength < 0 ? 0 : valueLength);
  }

  /** Makes room and writes a record up to its key. */
  #open(keyLength: number, valueLength: number, headersLength: number, timestamp: number): number {
    if (this.#count === 0) {
      this.#baseTimestamp = timestamp;
      this.#maxTimestamp = timestamp;
    } else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    const body = this.#bodySize(keyLength, valueLength, headersLength, timestamp);
    const bytes = this.#reserve(this.#length + body + 5);
    let at = writeVarint(bytes, this.#length, body);
    bytes[at++] = 0;
    at = writeVarint(bytes, at, timestamp - this.#baseTimestamp);
    return writeVarint(bytes, at, this.#count++);
  }

  #storage(): Buffer {
    return this.#reserve(this.#length);
  }

  #reserve(size: number): Buffer {
    const old = this.#bytes;
    if (old !== undefined && old.length >= size) return old;
    const bytes = this.#pool.take(Math.max(size, (old?.length ?? 0) * 2));
    if (old !== undefined) {
      old.copy(bytes, 0, 0, this.#length);
      this.#pool.give(old);
    }
    this.#bytes = bytes;
    return bytes;
  }

  /** Undefined where packing does not make it smaller: then the batch must not outgrow its limit by it. */
  #pack(storage: Buffer, compression: CompressionType): Buffer | undefined {
    const packed = compress(compression, storage.subarray(HEADER_BYTES, this.#length));
    if (packed.length >= this.#length - HEADER_BYTES) return undefined;
    return Buffer.concat([storage.subarray(0, HEADER_BYTES), packed]);
  }

  #writeHeader(bytes: Buffer, producer: ProducerIdentity, sequence: number, compression: CompressionType): void {
    writeInt64(bytes, AT.baseOffset, 0);
    bytes.writeInt32BE(bytes.length - LOG_OVERHEAD, AT.batchLength);
    bytes.writeInt32BE(-1, AT.leaderEpoch);
    bytes.writeInt8(MAGIC, AT.magic);
    bytes.writeInt16BE(codecOf(compression) | (producer.isTransactional ? TRANSACTIONAL : 0), AT.attributes);
    bytes.writeInt32BE(this.#count - 1, AT.lastOffsetDelta);
    writeInt64(bytes, AT.baseTimestamp, this.#baseTimestamp);
    writeInt64(bytes, AT.maxTimestamp, this.#maxTimestamp);
    writeInt64(bytes, AT.producerId, producer.producerId);
    bytes.writeInt16BE(producer.producerEpoch, AT.producerEpoch);
    bytes.writeInt32BE(sequence, AT.baseSequence);
    bytes.writeInt32BE(this.#count, AT.recordCount);
    bytes.writeUInt32BE(crc32c(bytes.subarray(AT.attributes)), AT.crc);
  }
}

/** UTF-8 length of a key or value; -1 for null. */
export const lengthOf = (data: RecordData): number =>
  data === null ? -1 : typeof data === 'string' ? Buffer.byteLength(data) : data.length;

/** Encoded size of the headers with their count. */
export const sizeOfHeaders = (headers: readonly RecordHeader[]): number => {
  let size = sizeOfVarint(headers.length);
  for (const { key, value } of headers) {
    size += sizeOfVarint(key.length) + key.length;
    size += value === null ? 1 : sizeOfVarint(value.length) + value.length;
  }
  return size;
};

const writeData = (bytes: Buffer, at: number, data: string | Uint8Array, length: number): number => {
  if (typeof data !== 'string') bytes.set(data, at);
  // As many bytes as characters: plain ASCII, which the Latin-1 writer copies without looking at it.
  else if (length === data.length) bytes.latin1Write(data, at, length);
  else bytes.utf8Write(data, at, length);
  return at + length;
};

const writeHeaders = (bytes: Buffer, position: number, headers: readonly RecordHeader[]): number => {
  if (headers.length === 0) {
    bytes[position] = 0;
    return position + 1;
  }
  let at = writeVarint(bytes, position, headers.length);
  for (const { key, value } of headers) {
    at = writeVarint(bytes, at, key.length);
    at = writeData(bytes, at, key, key.length);
    at = writeVarint(bytes, at, value === null ? -1 : value.length);
    if (value !== null) at = writeData(bytes, at, value, value.length);
  }
  return at;
};
