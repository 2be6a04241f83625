import { deleteRecordsV2 } from '@platformatic/kafka';
import { CONTROL, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import { LEADER_NOT_AVAILABLE, ProtocolFailure } from '../link/protocol-errors.ts';

/**
 * Deletes the records before the given offset of each partition (KIP-107). Partitions the topic does not have, and a
 * topic that does not exist, are passed over; so are offsets that are already behind the first one.
 */
export const deleteRecordsBefore = async (
  client: KafkaClient,
  topic: string,
  offsets: ReadonlyMap<number, number>,
): Promise<void> => {
  const limits: RetryLimits = {
    what: `Deleting processed records of "${topic}"`,
    deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS,
  };
  let askedAt = 0;
  await client.retrying(limits, async () => {
    const info = await client.topic(topic, askedAt);
    askedAt = performance.now(); // another attempt wants fresh leaders
    const byLeader = new Map<number, { partitionIndex: number; offset: bigint }[]>();
    for (const [partition, { leader }] of info?.partitions.entries() ?? []) {
      const offset = offsets.get(partition);
      if (offset === undefined || offset <= 0) continue;
      if (leader < 0) throw new ProtocolFailure(LEADER_NOT_AVAILABLE);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), { partitionIndex: partition, offset: BigInt(offset) }]);
    }
    for (const [leader, partitions] of byLeader)
      await client.send(
        leader,
        CONTROL,
        deleteRecordsV2.api,
        [{ name: topic, partitions }],
        DEFAULT_REQUEST_TIMEOUT_MS,
      );
  });
};
