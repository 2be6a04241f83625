import type { ChangelogEntry, SourceBatch } from '@penstock/engine';
import { readEndOffsets, readOffsets } from '../admin/topic-offsets.ts';
import { kafkaError } from '../errors.ts';
import type { KafkaClient } from '../link/kafka-client.ts';
import { TransactionOutcomes } from '../wire/transactions/transaction-outcomes.ts';
import { openFeeds } from './fetch-scheduler.ts';
import type { Isolation, PartitionFeed } from './partition-feed.ts';

export interface ChangelogOptions {
  readonly topic: string;
  readonly partition: number;
  /** Where to go on after an earlier reading; default: the first entry. */
  readonly from?: number;
  /** Called in offset order; a later entry of a key replaces an earlier one, `null` deletes it. */
  readonly onEntry: (entry: ChangelogEntry) => void;
  readonly signal?: AbortSignal;
  /**
   * What becomes of transactions that are open before the end: `wait` (default), or `leave-out`, for readers whose own
   * entries are not among them, since they have fenced whoever wrote them. An open transaction of a process that is gone
   * is ended by its coordinator only after the transaction's time-out.
   */
  readonly open?: 'wait' | 'leave-out';
}

export interface ChangelogRead {
  readonly entries: number;
  /** The end as it was. */
  readonly end: number;
  /** Nothing before it can change any more: where another reading goes on. */
  readonly settled: number;
}

const POLL_MS = 500;
/** Answers without records, although the end is further on, after which the rest is taken for a gap. */
const GAP_ANSWERS = 5;

/**
 * Reads a changelog partition from its start to the end as it is now: what was committed. Where a transaction is open
 * before that end it waits until it is ended, or leaves that one out, see `ChangelogOptions.open`. Rejects with the
 * feed's errors, or the signal's reason.
 */
export const readChangelog = async (client: KafkaClient, options: ChangelogOptions): Promise<ChangelogRead> => {
  const { topic, partition, open = 'wait' } = options;
  const { first: oldest, last } = await readEndOffsets(client, topic, partition);
  const first = Math.max(oldest, options.from ?? 0);
  if (first >= last) return { entries: 0, end: last, settled: last };
  if (open === 'wait')
    return {
      entries: (await readUpTo(client, options, 'read-committed', first, last)).entries,
      end: last,
      settled: last,
    };
  const stable = Math.min(last, await stableOffset(client, topic, partition));
  const settled = await readUpTo(client, options, 'read-committed', first, stable);
  const outcomes = new TransactionOutcomes();
  await readUpTo(client, { ...options, onEntry: () => {} }, { gather: outcomes }, settled.position, last);
  const unsettled = await readUpTo(client, options, { by: outcomes }, settled.position, last);
  return { entries: settled.entries + unsettled.entries, end: last, settled: settled.position };
};

const readUpTo = async (
  client: KafkaClient,
  { topic, partition, onEntry, signal }: ChangelogOptions,
  isolation: Isolation,
  first: number,
  last: number,
): Promise<{ readonly entries: number; readonly position: number }> => {
  let [entries, position] = [0, first];
  if (first >= last) return { entries, position };
  const feeds = openFeeds(client, { isolation });
  try {
    const feed = feeds.open(topic, partition, first);
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
  return { entries, position };
};

const stableOffset = async (client: KafkaClient, topic: string, partition: number): Promise<number> =>
  (await readOffsets(client, topic, 'stable', [partition])).get(partition) ?? 0; // every partition asked for is there

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
