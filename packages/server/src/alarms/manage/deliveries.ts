import { and, count, desc, eq, lt } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { alarmDeliveries, alarmReceivers } from '../../store/schema-alarms.ts';
import { isPlausibleId } from '../../store/storable-text.ts';
import { recordAudit } from '../../use-case/record-event.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import type { AlarmDeps } from '../receivers/receivers.ts';
import { messageFor } from '../texts/alarm-message.ts';
import { languageOf, parseNotice } from '../texts/notice.ts';

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What was told to whom, or is on its way, or did not get there. */
export interface DeliveryView {
  readonly deliveryId: string;
  readonly receiverId: string;
  readonly receiverName: string;
  /** Null where it is of a resource of the organisation. */
  readonly pipelineId: string | null;
  readonly kind: string;
  readonly rule: string | null;
  readonly incidentId: string;
  readonly subject: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly createdAt: number;
  /** Null once it is settled. */
  readonly nextAttemptAt: number | null;
  readonly settledAt: number | null;
  /** Code of what the last attempt failed of. */
  readonly lastError: string | null;
}

const stateOf = (text: string): DeliveryState => {
  const state = DELIVERY_STATES.find((one) => one === text);
  if (state === undefined) throw new Error(`A delivery has the unknown state "${text}"`);
  return state;
};

/** Deliveries of an organisation, newest first, from before `before`; and how many. `last`: for the next page. */
export const listDeliveries = async (
  db: Database,
  filter: {
    readonly orgId: string;
    readonly pipelineId?: string | undefined;
    readonly state?: DeliveryState | undefined;
  },
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<{ readonly items: readonly DeliveryView[]; readonly total: number; readonly last: number | undefined }> => {
  const wanted = and(
    eq(alarmDeliveries.orgId, filter.orgId),
    filter.pipelineId === undefined ? undefined : eq(alarmDeliveries.pipelineId, filter.pipelineId),
    filter.state === undefined ? undefined : eq(alarmDeliveries.state, filter.state),
  );
  const rows = await db
    .select({ delivery: alarmDeliveries, name: alarmReceivers.name, language: alarmReceivers.language })
    .from(alarmDeliveries)
    .innerJoin(alarmReceivers, eq(alarmReceivers.receiverId, alarmDeliveries.receiverId))
    .where(and(wanted, page.before === undefined ? undefined : lt(alarmDeliveries.id, page.before)))
    .orderBy(desc(alarmDeliveries.id))
    .limit(page.limit);
  const [all] = await db.select({ total: count() }).from(alarmDeliveries).where(wanted);
  const items = rows.map(({ delivery, name, language }): DeliveryView => {
    const notice = parseNotice(delivery.notice);
    const state = stateOf(delivery.state);
    return {
      deliveryId: delivery.deliveryId,
      receiverId: delivery.receiverId,
      receiverName: name,
      pipelineId: delivery.pipelineId,
      kind: notice.kind,
      rule: notice.rule,
      incidentId: notice.incidentId,
      subject: messageFor(notice, languageOf(language)).subject,
      state,
      attempts: delivery.attempts,
      createdAt: delivery.createdAt,
      nextAttemptAt: state === 'pending' ? delivery.nextAttemptAt : null,
      settledAt: delivery.settledAt,
      lastError: delivery.lastError,
    };
  });
  return { items, total: all?.total ?? 0, last: rows.at(-1)?.delivery.id };
};

/**
 * Tries a delivery again that has failed, or now instead of later; for as long as a new one. One that has arrived stays
 * as it is. Errors: `ALARM_DELIVERY_UNKNOWN`.
 */
export const retryDelivery = async (
  deps: Pick<AlarmDeps, 'store' | 'clock'> & { readonly giveUpMs: number },
  { orgId, actor, deliveryId }: { readonly orgId: string; readonly actor: string; readonly deliveryId: string },
): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const [row] = isPlausibleId(deliveryId)
      ? await tx
          .select()
          .from(alarmDeliveries)
          .where(and(eq(alarmDeliveries.deliveryId, deliveryId), eq(alarmDeliveries.orgId, orgId)))
          .for('update')
      : [];
    if (row === undefined)
      throw new UseCaseError('ALARM_DELIVERY_UNKNOWN', 'not-found', 'The organisation has no such delivery.');
    if (row.state === 'delivered') return;
    const now = deps.clock.now();
    await tx
      .update(alarmDeliveries)
      .set({ state: 'pending', nextAttemptAt: now, giveUpAt: now + deps.giveUpMs, settledAt: null })
      .where(eq(alarmDeliveries.id, row.id));
    await recordAudit(tx, { at: now, orgId, actor, action: 'alarm-delivery.retry', target: deliveryId });
  });
