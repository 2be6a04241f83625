import { listOffsetsV7 } from '@platformatic/kafka';
import { kafkaError } from '../errors.ts';
import { CONTROL, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import { LEADER_NOT_AVAILABLE, ProtocolFailure } from '../link/protocol-errors.ts';

/**
 * What ListOffsets is asked for. `stable` is the last stable offset: where a read-committed consumer ends. `since`: the
 * first record that is committed and has this time (Unix ms) or a later one; -1 where there is none.
 */
export type OffsetKind = 'earliest' | 'latest' | 'stable' | { readonly since: number };

const UNKNOWN_TOPIC = 3;

const TIMESTAMPS = { earliest: -2n, latest: -1n, stable: -1n };

const timestampOf = (kind: OffsetKind): bigint => (typeof kind === 'string' ? TIMESTAMPS[kind] : BigInt(kind.since));
const readsCommitted = (kind: OffsetKind): boolean => kind === 'stable' || typeof kind !== 'string';

/**
 * Offsets of a topic by partition: of all the partitions it has now, or of those named. Every partition asked for is
 * in the answer: what is not known is no offset. Rejects with `KAFKA_TOPIC_UNKNOWN` where there is no such topic, or
 * where it still has no such partition after a while.
 */
export const readOffsets = async (
  client: KafkaClient,
  topic: string,
  kind: OffsetKind,
  only?: readonly number[],
): Promise<Map<number, number>> => {
  const limits: RetryLimits = {
    what: `Reading the offsets of "${topic}"`,
    deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS,
  };
  // All partitions there are: an older answer may not know the newest. Those named: only if it does not know them.
  let askedAt = only === undefined ? performance.now() : 0;
  return client.retrying(limits, async () => {
    const info = await client.topic(topic, askedAt);
    askedAt = performance.now(); // another attempt wants fresh leaders
    if (info === undefined) {
      throw kafkaError('KAFKA_TOPIC_UNKNOWN', `The topic "${topic}" does not exist.`, { params: { topic } });
    }
    const byLeader = new Map<number, number[]>();
    for (const partition of only ?? info.partitions.keys()) {
      const leader = info.partitions[partition]?.leader;
      if (leader === undefined) throw new ProtocolFailure(UNKNOWN_TOPIC, `"${topic}" has no partition ${partition}`);
      if (leader < 0) throw new ProtocolFailure(LEADER_NOT_AVAILABLE);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
    }
    const found = new Map<number, number>();
    for (const [leader, partitions] of byLeader) {
      const asked = partitions.map((partitionIndex) => ({
        partitionIndex,
        currentLeaderEpoch: -1,
        timestamp: timestampOf(kind),
      }));
      const { topics } = await client.send(leader, CONTROL, listOffsetsV7.api, -1, readsCommitted(kind) ? 1 : 0, [
        { name: topic, partitions: asked },
      ]);
      for (const answer of topics) {
        for (const { partitionIndex, offset } of answer.partitions) found.set(partitionIndex, Number(offset));
      }
      const unanswered = partitions.find((partition) => !found.has(partition));
      if (unanswered !== undefined)
        throw new ProtocolFailure(LEADER_NOT_AVAILABLE, `partition ${unanswered} was left out`);
    }
    return found;
  });
};

/** First offset and high watermark of one partition. */
export const readEndOffsets = async (
  client: KafkaClient,
  topic: string,
  partition: number,
): Promise<{ first: number; last: number }> => {
  const first = (await readOffsets(client, topic, 'earliest', [partition])).get(partition);
  const last = (await readOffsets(client, topic, 'latest', [partition])).get(partition);
  if (first === undefined || last === undefined) {
    const message = `The topic "${topic}" has no partition ${partition}.`;
    throw kafkaError('KAFKA_TOPIC_UNKNOWN', message, { params: { topic, partition } });
  }
  return { first, last };
};
