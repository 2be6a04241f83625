import { initProducerIdV4 } from '@platformatic/kafka';
import type { ConnectionUse } from '../link/connections.ts';
import { CONTROL, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import type { ProducerIdentity } from '../wire/batch-builder.ts';

export const TRANSACTION: ConnectionUse = { purpose: 'transaction', requestTimeoutMs: CONTROL.requestTimeoutMs };

/**
 * Takes a transactional id over: the broker aborts what an older owner left open and refuses it from now on. The id and
 * epoch sent are -1: anything else would be a claim to be the older owner.
 */
export const takeTransactionalId = async (
  client: KafkaClient,
  transactionalId: string,
  timeoutMs: number,
  limits: RetryLimits,
): Promise<ProducerIdentity> => {
  const coordinator = { kind: 'transaction', key: transactionalId, use: TRANSACTION } as const;
  const { producerId, producerEpoch } = await client.sendToCoordinator(
    { ...limits, firstDelayMs: 20, maxDelayMs: 200 },
    coordinator,
    initProducerIdV4.api,
    transactionalId,
    timeoutMs,
    -1n,
    -1,
  );
  return { producerId: Number(producerId), producerEpoch, isTransactional: true };
};

/** A producer id for idempotent writing without transactions. */
export const takeProducerId = async (client: KafkaClient, limits: RetryLimits): Promise<ProducerIdentity> => {
  const { producerId, producerEpoch } = await client.retrying(limits, () =>
    client.sendToAny(initProducerIdV4.api, null, 2_147_483_647, -1n, -1),
  );
  return { producerId: Number(producerId), producerEpoch, isTransactional: false };
};
