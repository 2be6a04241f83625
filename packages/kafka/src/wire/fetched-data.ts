import { crc32c } from '@node-rs/crc32';
import type { SourceBatch } from '@penstock/engine';
import type { AppError } from '@penstock/model';
import { kafkaError } from '../errors.ts';
import { decompress } from './compression.ts';
import { RecordColumns } from './record-columns.ts';
import {
  AT,
  COMPRESSION_MASK,
  CONTROL,
  HEADER_BYTES,
  LOG_APPEND_TIME,
  LOG_OVERHEAD,
  MAGIC,
  MIN_RECORD_BYTES,
  readInt64,
  TRANSACTIONAL,
} from './record-format.ts';
import { type AbortedTransaction, AbortedTransactions } from './transactions/aborted-transactions.ts';
import type { TransactionOutcomes } from './transactions/transaction-outcomes.ts';

/** Decompressed bytes after which a source batch is closed: small compressed batches are joined up to this. */
const JOIN_BYTES = 1 << 20;

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Offset that was asked for; batches may begin before it. */
  readonly fetchOffset: number;
  /** Record batches one after the other; the last one may be cut off. */
  readonly bytes: Buffer;
  /** Undefined: read uncommitted. */
  readonly aborted: readonly AbortedTransaction[] | undefined;
  /** Told how transactions end, as the batches are passed. */
  readonly outcomes?: TransactionOutcomes | undefined;
}

/** Where the records of a batch lie, and where its header is in the fetched bytes. */
interface Block {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly header: number;
}

/**
 * What one fetch brought for one partition, decoded piece by piece when it is asked for. Finding the end
 * (`nextOffset`) is cheap and done at once, so that the next fetch can start before anything is decoded.
 */
export class FetchedData {
  readonly nextOffset: number;
  readonly #from: FetchedPartition;
  readonly #end: number;
  readonly #aborted: AbortedTransactions | undefined;
  #position = 0;
  #offset: number;

  /** Throws `KAFKA_BATCH_FORMAT_UNSUPPORTED` or `KAFKA_BATCH_CORRUPT` where the batches cannot even be told apart. */
  constructor(from: FetchedPartition) {
    this.#from = from;
    this.#offset = from.fetchOffset;
    this.#aborted = from.aborted === undefined ? undefined : new AbortedTransactions(from.aborted);
    const { end, nextOffset } = this.#measure();
    this.#end = end;
    this.nextOffset = nextOffset;
  }

  /** True while `next` has something to give. */
  get hasMore(): boolean {
    return this.#position < this.#end;
  }

  /** The next records. A batch with count 0 only moves the position: everything in between was aborted or control. */
  next(): SourceBatch {
    const blocks: Block[] = [];
    const { bytes } = this.#from;
    let isPacked = false;
    let joined = 0;
    while (this.hasMore && joined < JOIN_BYTES) {
      const header = this.#position;
      const end = header + LOG_OVERHEAD + bytes.readInt32BE(header + AT.batchLength);
      if (this.#isWanted(header, end)) {
        const codec = bytes.readInt16BE(header + AT.attributes) & COMPRESSION_MASK;
        if (blocks.length > 0 && (codec !== 0) !== isPacked) break;
        isPacked = codec !== 0;
        const block = isPacked
          ? this.#unpack(header, end, codec)
          : { bytes, header, start: header + HEADER_BYTES, end };
        if (isPacked) joined += block.end - block.start;
        blocks.push(block);
      }
      this.#position = end;
      this.#offset = Math.max(this.#offset, this.#lastOffset(header) + 1);
    }
    return this.#decode(blocks, isPacked);
  }

  #decode(blocks: readonly Block[], isPacked: boolean): SourceBatch {
    const { bytes: fetched, fetchOffset } = this.#from;
    const first = blocks[0];
    // Records are indices into one buffer, so unpacked blocks are put one behind the other.
    const bytes = !isPacked
      ? fetched
      : blocks.length === 1 && first
        ? first.bytes
        : Buffer.concat(blocks.map((b) => b.bytes));
    let count = 0;
    for (const block of blocks) count += this.#recordCount(block);
    const columns = new RecordColumns(count);
    let start = 0;
    for (const block of blocks) {
      const at = isPacked ? start : block.start;
      const end = isPacked ? start + block.bytes.length : block.end;
      const isDecoded = columns.append(bytes, at, end, {
        count: fetched.readInt32BE(block.header + AT.recordCount),
        baseOffset: readInt64(fetched, block.header + AT.baseOffset),
        baseTimestamp: readInt64(fetched, block.header + AT.baseTimestamp),
        logAppendTime:
          (fetched.readInt16BE(block.header + AT.attributes) & LOG_APPEND_TIME) === 0
            ? undefined
            : readInt64(fetched, block.header + AT.maxTimestamp),
        fromOffset: fetchOffset,
      });
      if (!isDecoded) throw this.#corrupt(block.header, 'its records do not fit its length');
      start = end;
    }
    return columns.toBatch(this.#from.topic, this.#from.partition, bytes, this.#offset);
  }

  /** Walks the headers only; the cut-off batch at the end does not count. */
  #measure(): { end: number; nextOffset: number } {
    const { bytes, fetchOffset } = this.#from;
    let position = 0;
    let nextOffset = fetchOffset;
    while (position + AT.magic < bytes.length) {
      const magic = bytes.readInt8(position + AT.magic);
      if (magic !== MAGIC) {
        const message = `${this.#where(position)} has message format ${magic}; only format 2 (Kafka 0.11 and newer) can be read.`;
        throw kafkaError('KAFKA_BATCH_FORMAT_UNSUPPORTED', message, { params: this.#params(position) });
      }
      const length = bytes.readInt32BE(position + AT.batchLength);
      if (length < HEADER_BYTES - LOG_OVERHEAD) throw this.#corrupt(position, `its length ${length} is impossible`);
      const end = position + LOG_OVERHEAD + length;
      if (end > bytes.length) break;
      nextOffset = Math.max(nextOffset, this.#lastOffset(position) + 1);
      position = end;
    }
    return { end: position, nextOffset };
  }

  /** Checks the checksum, then whether records of the batch are to be seen. */
  #isWanted(header: number, end: number): boolean {
    const { bytes, fetchOffset, outcomes } = this.#from;
    if (crc32c(bytes.subarray(header + AT.attributes, end)) !== bytes.readUInt32BE(header + AT.crc)) {
      throw this.#corrupt(header, 'its checksum is wrong');
    }
    const attributes = bytes.readInt16BE(header + AT.attributes);
    const producerId = readInt64(bytes, header + AT.producerId);
    if ((attributes & CONTROL) !== 0) {
      this.#aborted?.endOf(producerId, this.#lastOffset(header));
      outcomes?.ended(producerId, this.#lastOffset(header), this.#isCommitMarker(header, end));
      return false;
    }
    const lastOffset = this.#lastOffset(header);
    const isTransactional = (attributes & TRANSACTIONAL) !== 0;
    if (isTransactional) outcomes?.wrote(producerId, readInt64(bytes, header + AT.baseOffset));
    const isAborted = isTransactional && this.#aborted?.holds(producerId, lastOffset) === true;
    return !isAborted && lastOffset >= fetchOffset;
  }

  /** The key of a marker's only record is its version and its type, both i16; type 1 is a commit. */
  #isCommitMarker(header: number, end: number): boolean {
    const { bytes } = this.#from;
    const columns = new RecordColumns(1);
    const facts = { count: 1, baseOffset: 0, baseTimestamp: 0, logAppendTime: undefined, fromOffset: 0 };
    const isDecoded = columns.append(bytes, header + HEADER_BYTES, end, facts);
    const { keyStart, keyEnd } = columns.toBatch('', 0, bytes, 0);
    const [from = -1, to = -1] = [keyStart[0], keyEnd[0]];
    if (!isDecoded || from < 0 || to - from < 4) throw this.#corrupt(header, 'its transaction marker is none');
    return bytes.readInt16BE(from + 2) === 1;
  }

  #unpack(header: number, end: number, codec: number): Block {
    const packed = this.#from.bytes.subarray(header + HEADER_BYTES, end);
    const bytes = decompress(codec, packed, this.#where(header));
    return { bytes, header, start: 0, end: bytes.length };
  }

  #recordCount(block: Block): number {
    const count = this.#from.bytes.readInt32BE(block.header + AT.recordCount);
    if (count < 0 || count * MIN_RECORD_BYTES > block.end - block.start) {
      throw this.#corrupt(block.header, `its record count ${count} is impossible`);
    }
    return count;
  }

  #lastOffset(header: number): number {
    const { bytes } = this.#from;
    return readInt64(bytes, header + AT.baseOffset) + bytes.readInt32BE(header + AT.lastOffsetDelta);
  }

  #corrupt(header: number, reason: string): AppError {
    const message = `${this.#where(header)} is damaged: ${reason}.`;
    return kafkaError('KAFKA_BATCH_CORRUPT', message, { params: this.#params(header) });
  }

  #params(header: number): Readonly<Record<string, unknown>> {
    const { topic, partition, bytes } = this.#from;
    return { topic, partition, offset: readInt64(bytes, header + AT.baseOffset) };
  }

  #where(header: number): string {
    const { topic, partition, bytes } = this.#from;
    return `The record batch at offset ${readInt64(bytes, header + AT.baseOffset)} of "${topic}" partition ${partition}`;
  }
}
