import { connectKafka, createTopicAdmin, openFeeds } from '@penstock/kafka';
import { AppError, type KafkaSettings, type LiveRecords } from '@penstock/model';

export interface PreviewMessage {
  readonly value: Buffer | null;
  readonly timestamp: number;
}

const POLL_MS = 200;
const MAX_RECORDS = 1000;

/** Reads records of a topic, read committed, without a consumer group and without committing anything. */
export const readLiveRecords = async (
  kafka: KafkaSettings,
  topic: string,
  live: LiveRecords,
): Promise<PreviewMessage[]> => {
  const wanted = Math.min(MAX_RECORDS, Math.max(1, live.maxRecords ?? 10));
  const deadline = Date.now() + Math.min(30_000, Math.max(0, live.timeoutMs ?? 5000));
  const client = await connectKafka(kafka, { clientId: 'penstock-preview' });
  try {
    const admin = createTopicAdmin(client);
    const partitions = await admin.partitionCount(topic);
    if (partitions === undefined)
      throw new AppError('KAFKA_TOPIC_UNKNOWN', `The source topic "${topic}" does not exist.`, { domain: 'user' });
    const earliest = await admin.earliestOffsets(topic);
    const latest = await admin.latestOffsets(topic, 'read-committed');
    const share = Math.ceil(wanted / partitions);
    const feeds = openFeeds(client, { isolation: 'read-committed' });
    try {
      const found: (PreviewMessage & { readonly partition: number })[] = [];
      const open = Array.from({ length: partitions }, (_, partition) => {
        const first = earliest.get(partition) ?? 0;
        const start = live.from === 'earliest' ? first : Math.max(first, (latest.get(partition) ?? first) - share);
        return { partition, feed: feeds.open(topic, partition, start) };
      });
      do {
        for (const { partition, feed } of open) {
          const batch = await feed.next(POLL_MS);
          for (let index = 0; batch !== undefined && index < batch.count && found.length < wanted; index++) {
            const start = batch.valueStart[index] ?? -1;
            const value = start < 0 ? null : Buffer.from(batch.bytes.subarray(start, batch.valueEnd[index]));
            found.push({ partition, value, timestamp: batch.timestamps[index] ?? 0 });
          }
        }
      } while (found.length < wanted && Date.now() < deadline);
      return found;
    } finally {
      await feeds.close();
    }
  } finally {
    await client.close();
  }
};
