import type { SourceBatch } from '@penstock/engine';
import { cursor, readVarint } from './varint.ts';

/** What of a batch's header its records need. */
export interface BatchFacts {
  readonly count: number;
  readonly baseOffset: number;
  readonly baseTimestamp: number;
  /** Where the topic keeps the broker's time, the one time of all records. */
  readonly logAppendTime: number | undefined;
  /** Records before it are left out. */
  readonly fromOffset: number;
}

/** The columns of a source batch, filled block by block. Nothing is allocated per record. */
export class RecordColumns {
  readonly #offsets: Float64Array;
  readonly #timestamps: Float64Array;
  readonly #keyStart: Int32Array;
  readonly #keyEnd: Int32Array;
  readonly #valueStart: Int32Array;
  readonly #valueEnd: Int32Array;
  readonly #headersStart: Int32Array;
  readonly #headersEnd: Int32Array;
  #count = 0;

  constructor(capacity: number) {
    this.#offsets = new Float64Array(capacity);
    this.#timestamps = new Float64Array(capacity);
    this.#keyStart = new Int32Array(capacity);
    this.#keyEnd = new Int32Array(capacity);
    this.#valueStart = new Int32Array(capacity);
    this.#valueEnd = new Int32Array(capacity);
    this.#headersStart = new Int32Array(capacity);
    this.#headersEnd = new Int32Array(capacity);
  }

  /** Decodes the records in `bytes[start, end)` in one pass. False where they do not fit in exactly. */
  append(bytes: Buffer, start: number, end: number, facts: BatchFacts): boolean {
    const { count, baseOffset, baseTimestamp, logAppendTime, fromOffset } = facts;
    const [offsets, timestamps] = [this.#offsets, this.#timestamps];
    const [keyStart, keyEnd, valueStart, valueEnd] = [this.#keyStart, this.#keyEnd, this.#valueStart, this.#valueEnd];
    const [headersStart, headersEnd] = [this.#headersStart, this.#headersEnd];
    let index = this.#count;
    let position = start;
    for (let n = 0; n < count; n++) {
      const length = readVarint(bytes, position);
      const body = cursor;
      const next = body + length;
      if (length < 0 || next > end) return false;
      const timestampDelta = readVarint(bytes, body + 1); // behind the attributes, which are unused
      const offsetDelta = readVarint(bytes, cursor);
      const keyLength = readVarint(bytes, cursor);
      const key = cursor;
      const valueLength = readVarint(bytes, keyLength < 0 ? key : key + keyLength);
      const value = cursor;
      const headers = valueLength < 0 ? value : value + valueLength;
      if (headers >= next || key > next || keyLength > next - key) return false;
      position = next;
      const offset = baseOffset + offsetDelta;
      if (offset < fromOffset) continue;
      offsets[index] = offset;
      timestamps[index] = logAppendTime ?? baseTimestamp + timestampDelta;
      keyStart[index] = keyLength < 0 ? -1 : key;
      keyEnd[index] = keyLength < 0 ? -1 : key + keyLength;
      valueStart[index] = valueLength < 0 ? -1 : value;
      valueEnd[index] = valueLength < 0 ? -1 : headers;
      headersStart[index] = headers;
      headersEnd[index] = next;
      index++;
    }
    this.#count = index;
    return position === end;
  }

  toBatch(topic: string, partition: number, bytes: Buffer, nextOffset: number): SourceBatch {
    return {
      topic,
      partition,
      count: this.#count,
      bytes,
      offsets: this.#offsets,
      timestamps: this.#timestamps,
      keyStart: this.#keyStart,
      keyEnd: this.#keyEnd,
      valueStart: this.#valueStart,
      valueEnd: this.#valueEnd,
      headersStart: this.#headersStart,
      headersEnd: this.#headersEnd,
      nextOffset,
    };
  }
}
