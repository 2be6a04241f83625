import { bigint, bigserial, boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { organizations, pipelines } from './schema.ts';

/** Alarms, who is told of them, and what is on its way to them. Conventions as in `schema.ts`. */
const at = (name: string) => bigint(name, { mode: 'number' });

/** Where an organisation's alarms go. */
export const alarmReceivers = pgTable(
  'alarm_receivers',
  {
    receiverId: text('receiver_id').primaryKey(),
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** `email` or `webhook`. */
    kind: text('kind').notNull(),
    /** E-mail address or URL. Sealed, since URLs of webhooks are often all the secret there is. */
    sealedAddress: text('sealed_address').notNull(),
    /** What of the address everybody in the organisation may see. */
    shownAddress: text('shown_address').notNull(),
    /** Webhook: what deliveries are signed with. */
    sealedSecret: text('sealed_secret'),
    /** `en` or `zh`. */
    language: text('language').notNull(),
    createdAt: at('created_at').notNull(),
    /** When somebody last sent something there to try it. */
    testedAt: at('tested_at'),
  },
  (table) => [index('alarm_receivers_by_org').on(table.orgId)],
);

/** Where each alarm of a pipeline stands; see `AlarmState`. No row: never looked at, or all normal from the start. */
export const alarms = pgTable(
  'alarms',
  {
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    /** `status`, `lag` or `progress`. */
    rule: text('rule').notNull(),
    orgId: text('org_id').notNull(),
    state: text('state').notNull(),
    since: at('since').notNull(),
    badSince: at('bad_since'),
    goodSince: at('good_since'),
    unknownSince: at('unknown_since'),
    wasRaised: boolean('was_raised').notNull(),
    wasNoData: boolean('was_no_data').notNull(),
    /** From one time that all was normal to the next: what people are told of it belongs together by this. */
    incidentId: text('incident_id').notNull(),
    /** What was seen when the state last changed. */
    facts: jsonb('facts').$type<Readonly<Record<string, unknown>>>().notNull(),
    /** Since when it has been raised without anybody saying that they know; null: nobody has to. */
    unacknowledgedSince: at('unacknowledged_since'),
    /** Until when nobody is told of it, and who wanted that; null: it is not shelved. */
    shelvedUntil: at('shelved_until'),
    shelvedAt: at('shelved_at'),
    shelvedBy: text('shelved_by'),
    shelvedNote: text('shelved_note'),
    /** The incident that receivers hold for open: they were told that it began, and not that it is over. */
    toldIncidentId: text('told_incident_id'),
  },
  (table) => [primaryKey({ columns: [table.pipelineId, table.rule] }), index('alarms_by_org').on(table.orgId)],
);

/** Each time that an alarm was raised, or that nothing was known: what was, who knew of it, and how it ended. */
export const alarmIncidents = pgTable(
  'alarm_incidents',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    incidentId: text('incident_id').notNull().unique(),
    orgId: text('org_id').notNull(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    rule: text('rule').notNull(),
    /** What it is: `raised`, or `no-data` while nothing else is known. */
    kind: text('kind').notNull(),
    raisedAt: at('raised_at').notNull(),
    /** Null while it lasts. */
    endedAt: at('ended_at'),
    /** `recovered`, `ended` (nobody looks any more) or `unwatched` (the alarm is gone). */
    ending: text('ending'),
    facts: jsonb('facts').$type<Readonly<Record<string, unknown>>>().notNull(),
    acknowledgedAt: at('acknowledged_at'),
    acknowledgedBy: text('acknowledged_by'),
    acknowledgedNote: text('acknowledged_note'),
  },
  (table) => [
    index('alarm_incidents_by_org').on(table.orgId, table.id),
    index('alarm_incidents_by_alarm').on(table.pipelineId, table.rule, table.id),
  ],
);

/**
 * What is to be told, to whom, and how far that is: an outbox. Written with the change of the alarm, so that neither is
 * without the other; sent afterwards, at least once.
 */
export const alarmDeliveries = pgTable(
  'alarm_deliveries',
  {
    /** The order in which a receiver is told. */
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** What receivers know it by: the same however often it is sent. */
    deliveryId: text('delivery_id').notNull().unique(),
    orgId: text('org_id').notNull(),
    /** Null where it is of a resource of the organisation. */
    pipelineId: text('pipeline_id').references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    receiverId: text('receiver_id')
      .notNull()
      .references(() => alarmReceivers.receiverId, { onDelete: 'cascade' }),
    /** `AlarmNotice`. */
    notice: jsonb('notice').$type<Readonly<Record<string, unknown>>>().notNull(),
    /** `pending`, `delivered` or `failed`. */
    state: text('state').notNull(),
    attempts: integer('attempts').notNull().default(0),
    createdAt: at('created_at').notNull(),
    nextAttemptAt: at('next_attempt_at').notNull(),
    /** Not tried any more from then on. */
    giveUpAt: at('give_up_at').notNull(),
    /** Being sent by an instance; when it has not said how it went by then, another one sends it. */
    claimedUntil: at('claimed_until'),
    settledAt: at('settled_at'),
    lastError: text('last_error'),
  },
  (table) => [
    index('alarm_deliveries_by_receiver').on(table.receiverId, table.state, table.id),
    index('alarm_deliveries_by_org').on(table.orgId, table.id),
    index('alarm_deliveries_by_pipeline').on(table.pipelineId),
  ],
);
