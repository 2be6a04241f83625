import { headersOf, type PartitionFeeds, type SourceBatch } from '@penstock/kafka';
import { type DeadLetter, pieceOf, readDeadLetter } from './dead-letter.ts';

const SILENCE_MS = 5000;

/**
 * Dead letters of one partition with offsets in [from, until), in order; those in pieces by their heads. Bounded by the width of the range. A range
 * that retention has eaten into gives what is left of it.
 */
export const readRange = async (
  feeds: PartitionFeeds,
  topic: string,
  range: { readonly partition: number; readonly from: number; readonly until: number },
): Promise<DeadLetter[]> => {
  const feed = feeds.open(topic, range.partition, range.from);
  const letters: DeadLetter[] = [];
  try {
    for (let next = range.from; next < range.until; ) {
      const batch = await feed.next(SILENCE_MS);
      // Nothing visible up to the end: the rest of the range belongs to transactions that were aborted or are open.
      if (batch === undefined) break;
      for (let index = 0; index < batch.count; index++) {
        const offset = batch.offsets[index] ?? Number.POSITIVE_INFINITY;
        if (offset < range.from || offset >= range.until || pieceOf(headersOf(batch, index)) !== undefined) continue;
        letters.push(letterAt(batch, index, offset));
      }
      next = batch.nextOffset;
    }
  } finally {
    feed.close();
  }
  return letters;
};

const letterAt = (batch: SourceBatch, index: number, offset: number): DeadLetter =>
  readDeadLetter({
    partition: batch.partition,
    offset,
    timestamp: batch.timestamps[index] ?? 0,
    key: slice(batch, batch.keyStart[index], batch.keyEnd[index]),
    value: slice(batch, batch.valueStart[index], batch.valueEnd[index]),
    headers: headersOf(batch, index),
  });

const slice = (batch: SourceBatch, start = -1, end = -1): Buffer | null =>
  start < 0 ? null : batch.bytes.subarray(start, end);
