import type { ChangelogEntry, SourceBatch } from '@penstock/engine';
import { readEndOffsets } from '../admin/topic-offsets.ts';
import { kafkaError } from '../errors.ts';
import type { KafkaClient } from '../link/kafka-client.ts';
import { openFeeds } from './fetch-scheduler.ts';
import type { PartitionFeed } from './partition-feed.ts';

export interface ChangelogOptions {
  readonly topic: string;
  readonly partition: number;
  /** Where to go on after an earlier reading; default: the first entry. */
  readonly from?: number;
  /** Called in offset order; a later entry of a key replaces an earlier one, `null` deletes it. */
  readonly onEntry: (entry: ChangelogEntry) => void;
  readonly signal?: AbortSignal;
}

const POLL_MS = 500;
/** Answers without records, although the end is further on, after which the rest is taken for a gap. */
const GAP_ANSWERS = 5;

/**
 * Reads a changelog partition, read committed, from its start to the end as it is now. Where a transaction of somebody
 * else is open before that end it waits until it is ended. Tells that end, too. Rejects with the feed's errors, or the signal's reason.
 */
export const readChangelog = async (
  client: KafkaClient,
  options: ChangelogOptions,
): Promise<{ readonly entries: number; readonly end: number }> => {
  const { topic, partition, onEntry, signal } = options;
  const { first: oldest, last } = await readEndOffsets(client, topic, partition);
  const first = Math.max(oldest, options.from ?? 0);
  let entries = 0;
  if (first >= last) return { entries, end: last };
  const feeds = openFeeds(client, { isolation: 'read-committed' });
  try {
    const feed = feeds.open(topic, partition, first);
    let position = first;
    while (position < last && !isGapUpTo(last, feed)) {
      signal?.throwIfAborted();
      const batch = await feed.next(POLL_MS, signal);
      if (batch === undefined) continue;
      for (let i = 0; i < batch.count; i++) onEntry(entryAt(batch, i));
      entries += batch.count;
      position = batch.nextOffset;
    }
  } finally {
    await feeds.close();
  }
  return { entries, end: last };
};

/** Compaction can remove everything up to the end; then no record will ever bring the position there. */
const isGapUpTo = (last: number, feed: PartitionFeed): boolean =>
  feed.emptyAnswers >= GAP_ANSWERS && feed.endOffset >= last;

const entryAt = (batch: SourceBatch, index: number): ChangelogEntry => {
  const keyStart = batch.keyStart[index] ?? -1;
  const valueStart = batch.valueStart[index] ?? -1;
  if (keyStart < 0) {
    const { topic, partition } = batch;
    const offset = batch.offsets[index];
    const message = `The changelog "${topic}" holds a record without a key (partition ${partition}, offset ${offset}).`;
    throw kafkaError('KAFKA_CHANGELOG_INVALID', message, { params: { topic, partition, offset } });
  }
  return {
    key: batch.bytes.toString('utf8', keyStart, batch.keyEnd[index]),
    value: valueStart < 0 ? null : batch.bytes.toString('utf8', valueStart, batch.valueEnd[index]),
  };
};
