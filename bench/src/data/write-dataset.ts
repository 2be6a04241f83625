import { createTopicAdmin, type KafkaClient, openTaskLog } from '@penstock/kafka';
import { assetIdOf, CLASSIC, type DataSet, Measurements, RecordTexts } from './measurements.ts';

export const PARTITIONS = 4;
const FLUSH_BYTES = 4 * 1024 * 1024;

/** Topics of the benchmark hold records of a past year, which must not age out while they are read. */
export const KEEP_FOR_EVER = { 'retention.ms': '-1' } as const;

/**
 * Makes a topic and fills it with a data set: message key assetId+pointId, partition by assetId, or neither; uncompressed,
 * message timestamp = event time.
 */
export const writeDataset = async (
  client: KafkaClient,
  topic: string,
  data: DataSet,
  onProgress: (written: number) => void = () => {},
): Promise<void> => {
  await createTopicAdmin(client).ensureTopic(topic, { partitions: PARTITIONS, config: KEEP_FOR_EVER });
  const log = await openTaskLog(client, {
    transactionalId: `bench-data-${topic}`,
    groupId: `bench-data-${topic}`,
    guarantee: 'AT_LEAST_ONCE',
  });
  try {
    const { assets, isKeyless } = data.shape ?? CLASSIC;
    const appender = log.appender(topic);
    const partitions = Array.from({ length: assets }, (_, asset) => appender.partitionFor(assetIdOf(asset)));
    const texts = new RecordTexts(assets);
    const records = new Measurements(data);
    while (records.next()) {
      const partition = isKeyless ? partitionInTurns(records) : (partitions[records.asset] ?? 0);
      const key = isKeyless ? null : (texts.keys[records.series] ?? '');
      appender.append(partition, key, texts.textOf(records), records.time);
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

/** As producers without keys distribute: the records of an asset and point go round all partitions. */
export const partitionInTurns = ({ index, seriesCount }: Measurements): number =>
  (index + Math.floor(index / seriesCount)) % PARTITIONS;
