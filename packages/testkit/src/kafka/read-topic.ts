import type { SourceBatch } from '@penstock/engine';
import { createTopicAdmin, type KafkaClient, openFeeds } from '@penstock/kafka';
import { until } from '../until.ts';

const STALLED_MS = 60_000;

/** The ends of a topic once no transaction is open before them: a commit is answered before its markers are written. */
export const settledEnds = (client: KafkaClient, topic: string): Promise<ReadonlyMap<number, number>> => {
  const admin = createTopicAdmin(client);
  return until(`waiting for the transactions in ${topic} to end`, STALLED_MS, async () => {
    const all = await admin.latestOffsets(topic, 'read-uncommitted');
    const committed = await admin.latestOffsets(topic, 'read-committed');
    return [...all].every(([partition, end]) => committed.get(partition) === end) ? committed : undefined;
  });
};

/**
 * Reads every committed record of a topic up to the end it has now, one partition after the other: the one loop that
 * does, batch by batch. `TopicAccess.read` makes messages of it.
 */
export const readTopic = async (
  client: KafkaClient,
  topic: string,
  onBatch: (batch: SourceBatch, partition: number) => void,
): Promise<void> => {
  const ends = await settledEnds(client, topic);
  const starts = await createTopicAdmin(client).earliestOffsets(topic);
  const feeds = openFeeds(client, { isolation: 'read-committed', maxWaitMs: 500 });
  try {
    for (const [partition, end] of ends) {
      const start = starts.get(partition);
      if (start === undefined) throw new Error(`${topic}/${partition} has no beginning`);
      let position = start;
      if (position >= end) continue;
      const feed = feeds.open(topic, partition, position);
      let lastMoved = Date.now();
      while (position < end) {
        const batch = await feed.next(1000);
        if (batch === undefined) {
          if (Date.now() - lastMoved > STALLED_MS) {
            throw new Error(`${topic}/${partition} gives nothing at offset ${position}, although it ends at ${end}`);
          }
          continue;
        }
        lastMoved = Date.now();
        position = batch.nextOffset;
        onBatch(batch, partition);
      }
      feed.close();
    }
  } finally {
    await feeds.close();
  }
};
