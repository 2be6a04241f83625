import type { JsonObject } from '@penstock/model';
import { consumer, measurement } from '@penstock/testkit';
import { summedByMinute, type UnequalMessage, unequalReadings } from './unequal-partitions.ts';

/**
 * The readings of `unequal-partitions`, shared out over two topics with different numbers of partitions, neither of
 * which has anything to do with the assets: what each asset has in a minute comes by both. What a window holds is, once
 * more, made from the readings directly.
 */

/** Partitions of the two topics. */
export const MERGED_PARTITIONS = [3, 5] as const;

/** One of three to the first topic, so that the two have as little to do with each other as their partitions. */
const FIRST_SHARE = 3;

/** By topic. */
export const mergedMessages = (): readonly [readonly UnequalMessage[], readonly UnequalMessage[]] => {
  const topics: [UnequalMessage[], UnequalMessage[]] = [[], []];
  for (const [index, { assetId, time, value }] of unequalReadings().entries()) {
    const topic = index % FIRST_SHARE === 0 ? 0 : 1;
    const partition = Math.floor(index / 2) % MERGED_PARTITIONS[topic];
    topics[topic].push({ value: measurement({ assetId, time, value }), partition });
  }
  return topics;
};

export const mergedDocument = ([first, second]: readonly [string, string], output: string): JsonObject =>
  summedByMinute(
    [
      consumer(first, { partitionedBy: 'UNKNOWN' }),
      { ...consumer(second, { partitionedBy: 'ASSET' }), name: 'EDHKafkaConsumer_02' },
    ],
    output,
  );
