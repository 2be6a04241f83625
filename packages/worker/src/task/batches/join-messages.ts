import type { SourceBatch } from '@penstock/engine';

/** Messages `from` to `to` (exclusive) of what was read at once. */
export interface Messages {
  readonly batch: SourceBatch;
  readonly from: number;
  readonly to: number;
}

const SPANS = ['keyStart', 'keyEnd', 'valueStart', 'valueEnd', 'headersStart', 'headersEnd'] as const;

/** Messages of one partition that were read one after the other, as if they had been read at once. */
export const joinMessages = (pieces: readonly Messages[]): Messages => {
  const [first] = pieces;
  const last = pieces.at(-1);
  if (first === undefined || last === undefined) throw new Error('There are no messages to join.');
  if (pieces.length === 1) return first;
  const count = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  const columns = Object.fromEntries(SPANS.map((name) => [name, new Int32Array(count)])) as Columns;
  const offsets = new Float64Array(count);
  const timestamps = new Float64Array(count);
  const texts: Buffer[] = [];
  let at = 0;
  let bytes = 0;
  for (const { batch, from, to } of pieces) {
    const { start, end } = extentOf(batch, from, to);
    for (const name of SPANS)
      for (let index = from; index < to; index++) {
        const place = batch[name][index] as number;
        // -1 says that there is none.
        columns[name][at + index - from] = place < 0 ? place : place - start + bytes;
      }
    offsets.set(batch.offsets.subarray(from, to), at);
    timestamps.set(batch.timestamps.subarray(from, to), at);
    texts.push(batch.bytes.subarray(start, end));
    at += to - from;
    bytes += end - start;
  }
  const { topic, partition } = first.batch;
  const nextOffset = last.to < last.batch.count ? (last.batch.offsets[last.to] as number) : last.batch.nextOffset;
  const joined = { topic, partition, count, bytes: Buffer.concat(texts), offsets, timestamps, ...columns, nextOffset };
  return { batch: joined, from: 0, to: count };
};

type Columns = Record<(typeof SPANS)[number], Int32Array>;

/** The bytes in which all keys, values and headers of these messages lie. */
const extentOf = (batch: SourceBatch, from: number, to: number): { readonly start: number; readonly end: number } => {
  let start = batch.bytes.length;
  let end = 0;
  for (const name of SPANS)
    for (let index = from; index < to; index++) {
      const place = batch[name][index] as number;
      if (place < 0) continue;
      start = Math.min(start, place);
      end = Math.max(end, place);
    }
  return { start: Math.min(start, end), end };
};
