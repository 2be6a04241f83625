import { AppError } from '@penstock/model';
import type { Store } from '../../store/open-store.ts';
import { type ClaimedDelivery, claimDue, noteDelivered, noteFailed } from './outbox.ts';
import { type SendDeps, sendNotice } from './send.ts';

export interface CourierDeps extends SendDeps {
  readonly store: Store;
  /** False while the database belongs elsewhere: then nobody is told anything from here. */
  readonly isAtHome: () => boolean;
  readonly log: { warn(facts: object, message: string): void };
}

/** Deliveries that are under way at once. */
const AT_ONCE = 8;

/**
 * Sends what is due, until nothing is. Each is sent before it is noted as sent, so that a service killed in between
 * sends it again with the same id.
 */
export const deliverDue = async (deps: CourierDeps): Promise<void> => {
  for (;;) {
    if (!deps.isAtHome()) return;
    const claimed = await claimDue(deps.store.db, deps.clock.now(), AT_ONCE);
    if (claimed.length === 0) return;
    await Promise.all(claimed.map((delivery) => deliver(deps, delivery)));
  }
};

const deliver = async (deps: CourierDeps, delivery: ClaimedDelivery): Promise<void> => {
  const { store, clock, log } = deps;
  const { deliveryId, attempts, notice, receiver } = delivery;
  try {
    await sendNotice(deps, receiver, deliveryId, notice);
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR';
    const isFinal = error instanceof AppError && !error.retryable && error.domain !== 'internal';
    const isOver = await noteFailed(store.db, delivery, { code, isFinal }, clock.now());
    log.warn(
      { deliveryId, receiverId: receiver.receiverId, attempts, code, isOver },
      'an alarm could not be delivered',
    );
    return;
  }
  await noteDelivered(store.db, delivery, clock.now());
};
