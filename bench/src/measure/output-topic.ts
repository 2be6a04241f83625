import { randomUUID } from 'node:crypto';
import { createTopicAdmin, type KafkaClient } from '@penstock/kafka';
import { KEEP_FOR_EVER, PARTITIONS } from '../data/write-dataset.ts';

/** Makes an empty output topic, calls `work` with its name, and deletes it again: outputs are as large as the input. */
export const withOutputTopic = async <T>(
  client: KafkaClient,
  name: string,
  work: (topic: string) => Promise<T>,
): Promise<T> => {
  const admin = createTopicAdmin(client);
  const topic = `bench-out-${name}-${randomUUID().slice(0, 8)}`;
  await admin.ensureTopic(topic, {
    partitions: PARTITIONS,
    config: { ...KEEP_FOR_EVER, 'file.delete.delay.ms': '1000' },
  });
  try {
    return await work(topic);
  } finally {
    await admin.deleteTopics([topic]);
  }
};
