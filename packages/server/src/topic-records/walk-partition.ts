import { isKafkaError, type PartitionFeed, type PartitionFeeds } from '@penstock/kafka';
import { type SampledRecord, sampleOf } from './sampled-record.ts';

/** `older`: from an end backwards. `newer`: from a beginning on. */
export type Direction = 'older' | 'newer';

/** Offsets of a partition that may be looked at: `from` and above, below `until`. */
export interface Range {
  readonly partition: number;
  readonly from: number;
  readonly until: number;
}

export interface WalkLimits {
  readonly records: number;
  /** Of what is kept. */
  readonly bytes: number;
  /** Of what is read, also of records that are then not kept. */
  readonly readBytes: number;
}

export interface Walk {
  readonly partition: number;
  /** In the order of the walk. */
  readonly records: readonly SampledRecord[];
  /** Where the walk goes on: everything before it, in the direction of the walk, has been seen. */
  readonly reached: number;
  /** Nothing is left of the range. */
  readonly isDone: boolean;
}

/** Offsets read at once going backwards: few first, since nobody knows how large records are. */
const FIRST_WINDOW = 8;
const MAX_WINDOW = 512;
const POLL_MS = 250;
/** Answers without records, although the end is further on, after which the rest is taken for a gap. */
const GAP_ANSWERS = 5;

/**
 * Records of one partition, the nearest in a direction, until there are enough, or so much was read, or `signal` is
 * aborted: then what has been seen by then. Errors: those of Kafka.
 */
export const walkPartition = (
  feeds: PartitionFeeds,
  topic: string,
  range: Range,
  options: WalkOptions & { readonly direction: Direction },
): Promise<Walk> => (options.direction === 'newer' ? walkOn : walkBack)(feeds, topic, range, options);

export interface WalkOptions {
  readonly limits: WalkLimits;
  /** Going on, records of an earlier time (Unix ms) are passed over. */
  readonly since?: number | undefined;
  readonly signal: AbortSignal;
}

const walkOn = async (
  feeds: PartitionFeeds,
  topic: string,
  range: Range,
  { limits, since = Number.NEGATIVE_INFINITY, signal }: WalkOptions,
): Promise<Walk> => {
  const records: SampledRecord[] = [];
  let [kept, read, reached] = [0, 0, range.from];
  for await (const batch of batchesOf(feeds, topic, range, signal)) {
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offsets[index] ?? range.until;
      if (offset < range.from) continue;
      if (offset >= range.until || records.length >= limits.records || kept >= limits.bytes) {
        return { partition: range.partition, records, reached: offset, isDone: offset >= range.until };
      }
      if ((batch.timestamps[index] ?? 0) < since) continue;
      const record = sampleOf(batch, index);
      records.push(record);
      kept += record.kept;
    }
    read += batch.bytes.length;
    reached = Math.min(batch.nextOffset, range.until);
    if (read >= limits.readBytes)
      return { partition: range.partition, records, reached, isDone: reached >= range.until };
  }
  // Where nobody was in a hurry there is nothing between here and the end.
  if (!signal.aborted) reached = range.until;
  return { partition: range.partition, records, reached, isDone: reached >= range.until };
};

const walkBack = async (
  feeds: PartitionFeeds,
  topic: string,
  range: Range,
  { limits, signal }: WalkOptions,
): Promise<Walk> => {
  const { partition } = range;
  const records: SampledRecord[] = [];
  let [kept, read, reached, width] = [0, 0, range.until, FIRST_WINDOW];
  while (reached > range.from && records.length < limits.records && kept < limits.bytes && read < limits.readBytes) {
    const window = { partition, from: Math.max(range.from, reached - width), until: reached };
    const found = await readWindow(feeds, topic, window, {
      records: limits.records - records.length,
      bytes: limits.bytes - kept,
      signal,
    });
    // Of a window that was not read to its end the newest are not known.
    if (found === undefined) break;
    records.push(...found.records.reverse());
    kept += found.kept;
    read += found.read;
    reached = found.reached;
    width = Math.min(width * 4, MAX_WINDOW);
  }
  return { partition, records, reached, isDone: reached <= range.from };
};

/** The newest records of a window, oldest first; undefined where it could not be read to its end. */
const readWindow = async (
  feeds: PartitionFeeds,
  topic: string,
  window: Range,
  { signal, ...limits }: { readonly records: number; readonly bytes: number; readonly signal: AbortSignal },
): Promise<{ records: SampledRecord[]; kept: number; read: number; reached: number } | undefined> => {
  const records: SampledRecord[] = [];
  let [kept, read, position, reached] = [0, 0, window.from, window.from];
  for await (const batch of batchesOf(feeds, topic, window, signal)) {
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offsets[index] ?? window.until;
      if (offset < window.from || offset >= window.until) continue;
      const record = sampleOf(batch, index);
      records.push(record);
      kept += record.kept;
      while (records.length > 1 && (records.length > limits.records || kept > limits.bytes)) {
        kept -= records.shift()?.kept ?? 0;
        reached = records[0]?.offset ?? offset;
      }
    }
    read += batch.bytes.length;
    position = batch.nextOffset;
  }
  return position < window.until && signal.aborted ? undefined : { records, kept, read, reached };
};

/** Batches that cover a range, until its end, or a gap up to it, or the signal. What retention has taken is passed over. */
async function* batchesOf(feeds: PartitionFeeds, topic: string, range: Range, signal: AbortSignal) {
  let position = range.from;
  while (position < range.until && !signal.aborted) {
    const feed = feeds.open(topic, range.partition, position);
    try {
      while (position < range.until && !signal.aborted && !isGapUpTo(range.until, feed)) {
        const batch = await feed.next(POLL_MS, signal);
        if (batch === undefined) continue;
        position = batch.nextOffset;
        yield batch;
      }
      return;
    } catch (error) {
      const start = startAfterLoss(error);
      if (start === undefined || start <= position) throw error;
      position = start;
    } finally {
      feed.close();
    }
  }
}

const startAfterLoss = (error: unknown): number | undefined => {
  if (!isKafkaError(error, 'KAFKA_OFFSET_OUT_OF_RANGE')) return undefined;
  const { logStartOffset } = error.params;
  return typeof logStartOffset === 'number' ? logStartOffset : undefined;
};

/** Compaction can remove everything up to the end; then no record will ever bring the position there. */
const isGapUpTo = (until: number, feed: PartitionFeed): boolean =>
  feed.emptyAnswers >= GAP_ANSWERS && feed.endOffset >= until;
