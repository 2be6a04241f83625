import type { KafkaClient } from '@penstock/kafka';
import { addOffsetsToTxnV3, initProducerIdV4, txnOffsetCommitV3 } from '@platformatic/kafka';

export interface OpenCommit {
  readonly transactionalId: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const TRANSACTION_TIMEOUT_MS = 900_000;

/**
 * Does what a process does that is killed between the last two steps of a commit: the offset is in the transaction,
 * which nobody ends. The coordinator waits for its owner as long as it ever does: 15 minutes.
 */
export const leaveCommitOpen = async (client: KafkaClient, commit: OpenCommit): Promise<void> => {
  const { transactionalId, group, topic, partition, offset } = commit;
  const limits = () => ({ what: 'Leaving a commit open', deadline: performance.now() + 30_000 });
  const use = { purpose: 'test', requestTimeoutMs: 30_000 };
  const transaction = { kind: 'transaction', key: transactionalId, use } as const;
  const { producerId, producerEpoch } = await client.sendToCoordinator(
    limits(),
    transaction,
    initProducerIdV4.api,
    transactionalId,
    TRANSACTION_TIMEOUT_MS,
    -1n,
    -1,
  );
  await client.sendToCoordinator(
    limits(),
    transaction,
    addOffsetsToTxnV3.api,
    transactionalId,
    producerId,
    producerEpoch,
    group,
  );
  await client.sendToCoordinator(
    limits(),
    { kind: 'group', key: group, use },
    txnOffsetCommitV3.api,
    transactionalId,
    group,
    producerId,
    producerEpoch,
    -1,
    '',
    null,
    [
      {
        name: topic,
        partitions: [
          {
            partitionIndex: partition,
            committedOffset: BigInt(offset),
            committedLeaderEpoch: -1,
            committedMetadata: '',
          },
        ],
      },
    ],
  );
};
