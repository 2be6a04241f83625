import { and, count, eq } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { alarmDeliveries } from '../../store/schema-alarms.ts';
import type { AlarmNotice } from '../texts/notice.ts';

/** Deliveries that may wait for a receiver; what comes on top is noted as failed, with the reason. */
export const MAX_WAITING = 1000;

/** Writes down what is to be told to a receiver, in the transaction of what it tells. `giveUpMs`: how long it is tried. */
export const addDelivery = async (
  tx: Database,
  { newId, giveUpMs }: { readonly newId: () => string; readonly giveUpMs: number },
  receiverId: string,
  notice: AlarmNotice,
): Promise<void> => {
  const isTooMuch = (await waitingFor(tx, receiverId)) >= MAX_WAITING;
  await tx.insert(alarmDeliveries).values({
    deliveryId: newId(),
    orgId: notice.orgId,
    pipelineId: notice.pipelineId,
    receiverId,
    notice: { ...notice },
    createdAt: notice.at,
    nextAttemptAt: notice.at,
    giveUpAt: notice.at + giveUpMs,
    ...(isTooMuch ? { state: 'failed', settledAt: notice.at, lastError: 'ALARM_BACKLOG_FULL' } : { state: 'pending' }),
  });
};

const waitingFor = async (tx: Database, receiverId: string): Promise<number> => {
  const [found] = await tx
    .select({ waiting: count() })
    .from(alarmDeliveries)
    .where(and(eq(alarmDeliveries.receiverId, receiverId), eq(alarmDeliveries.state, 'pending')));
  return found?.waiting ?? 0;
};
