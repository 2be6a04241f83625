import { createTopicAdmin, type KafkaClient, openTaskLog } from '@penstock/kafka';
import { KEEP_FOR_EVER, PARTITIONS } from '../data/write-dataset.ts';
import type { Replicas } from './replicas.ts';

const FLUSH_BYTES = 4 * 1024 * 1024;

/** Makes a topic and fills it, round after round of all replicas, each in one partition; gives how many records that is. */
export const writeOperatorInput = async (
  client: KafkaClient,
  topic: string,
  records: Replicas,
  size: { readonly replicas: number; readonly records: number },
): Promise<number> => {
  await createTopicAdmin(client).ensureTopic(topic, { partitions: PARTITIONS, config: KEEP_FOR_EVER });
  const log = await openTaskLog(client, { transactionalId: topic, groupId: topic, guarantee: 'AT_LEAST_ONCE' });
  try {
    const appender = log.appender(topic);
    let written = 0;
    for (let round = 0; written < size.records; round++)
      for (let replica = 0; replica < size.replicas; replica++)
        for (const record of records.records(replica, round)) {
          const { assetId, pointId, measurementId } = record;
          const key = `${assetId ?? replica}${pointId ?? measurementId ?? ''}`;
          appender.append(replica % PARTITIONS, key, JSON.stringify(record), Number(record.time ?? 0));
          written += 1;
          if (log.pendingBytes >= FLUSH_BYTES) await log.flush();
        }
    await log.commit(undefined);
    return written;
  } finally {
    await log.close();
  }
};
