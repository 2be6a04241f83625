import { createTopicAdmin, type KafkaClient, openTaskLog } from '@penstock/kafka';
import { ASSETS, assetIdOf, Measurements, RecordTexts } from './measurements.ts';

export const PARTITIONS = 4;
const FLUSH_BYTES = 4 * 1024 * 1024;

/** Topics of the benchmark hold records of a past year, which must not age out while they are read. */
export const KEEP_FOR_EVER = { 'retention.ms': '-1' } as const;

/**
 * Makes a topic and fills it with the data set: message key assetId+pointId, partition by assetId, uncompressed,
 * message timestamp = event time.
 */
export const writeDataset = async (
  client: KafkaClient,
  topic: string,
  data: { readonly records: number; readonly seed: number },
  onProgress: (written: number) => void = () => {},
): Promise<void> => {
  await createTopicAdmin(client).ensureTopic(topic, { partitions: PARTITIONS, config: KEEP_FOR_EVER });
  const log = await openTaskLog(client, {
    transactionalId: `bench-data-${topic}`,
    groupId: `bench-data-${topic}`,
    guarantee: 'AT_LEAST_ONCE',
  });
  try {
    const appender = log.appender(topic);
    const partitionOf = Array.from({ length: ASSETS }, (_, asset) => appender.partitionFor(assetIdOf(asset)));
    const texts = new RecordTexts();
    const records = new Measurements(data);
    while (records.next()) {
      appender.append(
        partitionOf[records.asset] ?? 0,
        texts.keys[records.series] ?? '',
        texts.textOf(records),
        records.time,
      );
      if (log.pendingBytes >= FLUSH_BYTES) {
        await log.flush();
        onProgress(records.index + 1);
      }
    }
    await log.commit(undefined);
  } finally {
    await log.close();
  }
};
