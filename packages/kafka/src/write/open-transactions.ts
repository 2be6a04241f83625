import { listTransactionsV0 } from '@platformatic/kafka';
import { CONTROL, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import { takeTransactionalId } from './producer-id.ts';

/** Ids taken at a time: each waits for its coordinator. */
const AT_ONCE = 8;
/** Who takes the task next says how long its own transactions may be. */
const TRANSACTION_TIMEOUT_MS = 60_000;

/**
 * Ends the transactions that are open under transactional ids that `isOurs`, by taking the ids over (KIP-98, KIP-664):
 * their owners can commit nothing any more. Without that, what a killed process left open in the middle of a commit
 * keeps committed offsets unstable (KIP-447), and topics unread from there on, until the coordinator gives it up.
 * Resolves with the ids, once their offsets and records are settled. Rejects with an AppError after about 30 s.
 */
export const endOpenTransactions = async (
  client: KafkaClient,
  isOurs: (transactionalId: string) => boolean,
): Promise<readonly string[]> => {
  const ids = (await openTransactions(client)).filter(isOurs);
  const waiting = [...ids];
  const takeNext = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      await takeTransactionalId(
        client,
        id,
        TRANSACTION_TIMEOUT_MS,
        limitsFor(`Ending the open transaction of "${id}"`),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, takeNext));
  return ids;
};

/** Every broker answers for the ids it coordinates; of those that are there the metadata says. */
const openTransactions = (client: KafkaClient): Promise<string[]> =>
  client.retrying(limitsFor('Looking for open transactions'), async () => {
    const { brokers } = await client.snapshot([]);
    const answers = await Promise.all(
      brokers.map(({ nodeId }) => client.send(nodeId, CONTROL, listTransactionsV0.api, ['Ongoing'], [], -1n, null)),
    );
    return answers.flatMap(({ transactionStates }) => transactionStates.map(({ transactionalId }) => transactionalId));
  });

const limitsFor = (what: string): RetryLimits => ({ what, deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS });
