import { bigint, boolean, index, pgTable, text } from 'drizzle-orm/pg-core';

/** Conventions as in `schema.ts`. */
const at = (name: string) => bigint(name, { mode: 'number' });

/** Service instances that have shown a sign of life of late; one that ends well takes itself out. */
export const instances = pgTable(
  'instances',
  {
    /** As in leases: `createInstanceId`. */
    instanceId: text('instance_id').primaryKey(),
    host: text('host').notNull(),
    version: text('version').notNull(),
    node: text('node').notNull(),
    /** Where workers reach it. */
    url: text('url').notNull(),
    supervises: boolean('supervises').notNull(),
    startedAt: at('started_at').notNull(),
    /** Last sign of life. */
    seenAt: at('seen_at').notNull(),
    /** The clock of its machine less that of the database, at the last sign of life. */
    clockOffsetMs: at('clock_offset_ms').notNull(),
  },
  (table) => [index('instances_by_sign').on(table.seenAt)],
);
