import { readBalances, requireRoom } from '../resources/balances.ts';
import { type QueueSize, queueMilliOf } from '../resources/queue-size.ts';
import { RESOURCE_TITLE } from '../resources/resource-types.ts';
import type { Database } from '../store/open-store.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import { queueTopicsOf } from './queue-topic.ts';

/** However large the grant is: lists and checks have an end. */
const MAX_TOPICS = 500;

/**
 * Whether there is room for a topic of this size, beside the others of the organisation, whose row the caller holds.
 * One that becomes smaller always has room. Errors: `RESOURCE_NOT_REQUESTED`, `RESOURCE_NOT_ENOUGH`,
 * `QUEUE_TOPIC_LIMIT_REACHED`.
 */
export const requireQueueRoom = async (
  db: Database,
  orgId: string,
  wanted: QueueSize & { readonly topic: string },
): Promise<void> => {
  const others = (await queueTopicsOf(db, orgId)).filter(({ topic }) => topic !== wanted.topic);
  if (others.length >= MAX_TOPICS)
    throw new UseCaseError(
      'QUEUE_TOPIC_LIMIT_REACHED',
      'quota',
      `An organisation makes at most ${MAX_TOPICS} topics. Delete one that nobody needs.`,
    );
  const balance = (await readBalances(db, orgId))['message-queue'];
  const more = queueMilliOf([...others, wanted]) - balance.used;
  if (more <= 0 && balance.granted !== undefined) return;
  requireRoom('message-queue', balance, Math.max(0, more), {
    family: RESOURCE_TITLE['message-queue'],
    freeBy: '1 CU is ten partitions and 10 GiB. Ask for less, delete a topic, or raise the grant.',
  });
};
