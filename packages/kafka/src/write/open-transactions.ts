import { listTransactionsV0 } from '@platformatic/kafka';
import { CONTROL, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import { takeTransactionalId } from './producer-id.ts';

/** Ids taken at a time: each waits for its coordinator. */
const AT_ONCE = 8;
/** Who takes the task next says how long its own transactions may be. */
const TRANSACTION_TIMEOUT_MS = 60_000;
const TAKE_OVER_MS = 120_000;

/**
 * Takes transactional ids over, so that whoever had them can commit nothing any more and what they had open is aborted
 * (KIP-98). Of no use against a worker that runs at least once: that one can only be waited for. Rejects with an
 * AppError after about two minutes.
 */
export const fenceTransactionalIds = async (client: KafkaClient, ids: readonly string[]): Promise<void> => {
  const waiting = [...ids];
  const takeNext = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const limits = { what: `Taking over the task "${id}"`, deadline: performance.now() + TAKE_OVER_MS };
      await takeTransactionalId(client, id, TRANSACTION_TIMEOUT_MS, limits);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, takeNext));
};

/**
 * Ends the transactions that are open under transactional ids that `isOurs`, by taking the ids over (KIP-98, KIP-664):
 * their owners can commit nothing any more. Without that, what a killed process left open in the middle of a commit
 * keeps committed offsets unstable (KIP-447), and topics unread from there on, until the coordinator gives it up.
 * Resolves with the ids, once their offsets and records are settled. Errors: as of `fenceTransactionalIds`.
 */
export const endOpenTransactions = async (
  client: KafkaClient,
  isOurs: (transactionalId: string) => boolean,
): Promise<readonly string[]> => {
  const ids = (await openTransactions(client)).filter(isOurs);
  await fenceTransactionalIds(client, ids);
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
