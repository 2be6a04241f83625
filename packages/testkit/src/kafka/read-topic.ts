import type { SourceBatch } from '@penstock/engine';
import { createTopicAdmin, type KafkaClient, openFeeds } from '@penstock/kafka';

const STALLED_MS = 60_000;

/** Reads every committed record of a topic up to the end it has now, one partition after the other. */
export const readTopic = async (
  cluster: KafkaClient,
  topic: string,
  onBatch: (batch: SourceBatch, partition: number) => void,
): Promise<void> => {
  const admin = createTopicAdmin(cluster);
  const starts = await admin.earliestOffsets(topic);
  const ends = await admin.latestOffsets(topic, 'read-committed');
  const feeds = openFeeds(cluster, { isolation: 'read-committed', maxWaitMs: 500 });
  try {
    for (const [partition, end] of ends) {
      let position = starts.get(partition) ?? 0;
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
