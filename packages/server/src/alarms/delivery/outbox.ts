import { eq, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import type { Database } from '../../store/open-store.ts';
import { alarmDeliveries, alarmReceivers } from '../../store/schema-alarms.ts';
import type { ReceiverRow } from '../receivers/receivers.ts';
import { type AlarmNotice, parseNotice } from '../texts/notice.ts';
import { waitAfter } from './backoff.ts';

/** A delivery that this instance has taken on, with whom it is for. */
export interface ClaimedDelivery {
  readonly id: number;
  readonly deliveryId: string;
  readonly attempts: number;
  readonly giveUpAt: number;
  readonly notice: AlarmNotice;
  readonly receiver: ReceiverRow;
}

/** Longer than any attempt takes: an instance that has not said how it went by then is gone. */
const CLAIM_MS = 120_000;

/**
 * Takes on deliveries that are due, at most one for each receiver: its oldest, so that people are told in order. The
 * attempt counts from here on; whoever is killed after it leaves the delivery to be sent again.
 */
export const claimDue = async (db: Database, now: number, limit: number): Promise<readonly ClaimedDelivery[]> => {
  const claimed = rowsOf(
    await db.execute(sql`
      with due as materialized (
        select d.id from alarm_deliveries d
        where d.state = 'pending' and d.next_attempt_at <= ${now} and (d.claimed_until is null or d.claimed_until <= ${now})
          and not exists (select 1 from alarm_deliveries e
            where e.receiver_id = d.receiver_id and e.state = 'pending' and e.id < d.id)
        order by d.next_attempt_at, d.id limit ${limit} for update skip locked)
      update alarm_deliveries set claimed_until = ${now + CLAIM_MS}, attempts = attempts + 1
      where id in (select id from due) returning id`),
  );
  const deliveries: ClaimedDelivery[] = [];
  for (const { id } of claimed) {
    const [row] = await db
      .select()
      .from(alarmDeliveries)
      .innerJoin(alarmReceivers, eq(alarmReceivers.receiverId, alarmDeliveries.receiverId))
      .where(eq(alarmDeliveries.id, Number(id)));
    if (row === undefined) continue; // its receiver was deleted in between
    const { deliveryId, attempts, giveUpAt, notice } = row.alarm_deliveries;
    const receiver = row.alarm_receivers;
    deliveries.push({ id: Number(id), deliveryId, attempts, giveUpAt, notice: parseNotice(notice), receiver });
  }
  return deliveries;
};

export const noteDelivered = async (db: Database, { id }: ClaimedDelivery, now: number): Promise<void> => {
  await db
    .update(alarmDeliveries)
    .set({ state: 'delivered', settledAt: now, claimedUntil: null, lastError: null })
    .where(eq(alarmDeliveries.id, id));
};

/** Notes an attempt that failed; answers whether the delivery has failed for good. */
export const noteFailed = async (
  db: Database,
  { id, attempts, giveUpAt }: ClaimedDelivery,
  failure: { readonly code: string; readonly isFinal: boolean },
  now: number,
): Promise<boolean> => {
  const nextAttemptAt = now + waitAfter(attempts);
  const isOver = failure.isFinal || nextAttemptAt > giveUpAt;
  await db
    .update(alarmDeliveries)
    .set({
      claimedUntil: null,
      lastError: failure.code,
      ...(isOver ? { state: 'failed', settledAt: now } : { nextAttemptAt }),
    })
    .where(eq(alarmDeliveries.id, id));
  return isOver;
};
