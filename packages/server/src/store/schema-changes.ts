import { sql } from 'drizzle-orm';
import { bigint, customType, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

/** A transaction's number, in full: it does not wrap around. */
const xid8 = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'xid8',
  fromDriver: BigInt,
  toDriver: String,
});

/**
 * What has changed, for those who look on. Written by triggers (see the migration `changes`), so that no use case can
 * forget it, and in the transaction that changes it. Ordered by transaction, and read only where every transaction is
 * over: what commits late is neither skipped nor told twice.
 */
export const changes = pgTable(
  'changes',
  {
    xactId: xid8('xact_id').notNull().default(sql`pg_current_xact_id()`),
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    /** Unix ms by the database's clock. */
    at: bigint('at', { mode: 'number' }).notNull().default(sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`),
    /** Whose business it is; null: that of the installation's administrators. No foreign key: it tells of deletions. */
    orgId: text('org_id'),
    /** `pipeline`, `run`, `event` and so on: what of it has changed. */
    kind: text('kind').notNull(),
    pipelineId: text('pipeline_id'),
    /** Id of what has changed. */
    subject: text('subject').notNull(),
    /** `created`, `changed` or `deleted`. */
    what: text('what').notNull(),
    /** Little, and nothing of people's data: who wants more asks for it. */
    facts: jsonb('facts').$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.xactId, table.id] })],
);
