import type { Position, TopicAppender } from '@penstock/engine';
import { kafkaError } from '../errors.ts';
import type { KafkaClient } from '../link/kafka-client.ts';
import { readChangelog } from '../read/changelog.ts';

/**
 * Positions as records of a compacted topic, written in the same transactions as the group's offsets. A broker drops
 * the offsets of a group that nobody commits for a while (`offsets.retention.minutes`, 7 days); the records stay, so
 * that a position that is gone from the group is not taken for one there never was.
 *
 * Key: `position/{partition}/{topic}`. Value: `{"offset":17}`. They lie in partition 1; partition 0 of the topic is the
 * state manifest's.
 */
export const POSITIONS_PARTITION = 1;

const KEY = /^position\/(\d+)\/(.+)$/s;

export const appendPosition = (
  appender: TopicAppender,
  { topic, partition, offset }: Position,
  timestamp: number,
): void => {
  const key = `position/${partition}/${topic}`;
  appender.append(POSITIONS_PARTITION, key, JSON.stringify({ offset }), timestamp);
};

/**
 * The positions recorded last, of all topics, by topic and partition. Waits for transactions that are open before the
 * end of the records. Errors: `KAFKA_CHANGELOG_INVALID` for records that somebody else must have written.
 */
export const readPositionRecords = async (
  client: KafkaClient,
  positionsTopic: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> => {
  const topics = new Map<string, Map<number, number>>();
  await readChangelog(client, {
    topic: positionsTopic,
    partition: POSITIONS_PARTITION,
    onEntry: ({ key, value }) => {
      const [, partition, topic] = KEY.exec(key) ?? [];
      if (partition === undefined || topic === undefined) throw invalid(positionsTopic, key);
      const offsets = topics.get(topic) ?? new Map<number, number>();
      topics.set(topic, offsets);
      if (value === null) offsets.delete(Number(partition));
      else offsets.set(Number(partition), offsetIn(value, positionsTopic, key));
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return topics;
};

const offsetIn = (value: string, positionsTopic: string, key: string): number => {
  let offset: unknown;
  try {
    ({ offset } = JSON.parse(value) as { offset?: unknown });
  } catch {
    offset = undefined; // told below, as what it is
  }
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) throw invalid(positionsTopic, key);
  return offset;
};

const invalid = (topic: string, key: string) =>
  kafkaError('KAFKA_CHANGELOG_INVALID', `"${topic}" holds a record "${key}" that is no position.`, {
    params: { topic, key },
  });
