import { bigint, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { organizations } from './schema.ts';

/** Connections that stages name. Conventions as in `schema.ts`. */
const at = (name: string) => bigint(name, { mode: 'number' });

export const connections = pgTable(
  'connections',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    /** As documents name it; never changed. */
    name: text('name').notNull(),
    /** `postgresql` and the like; never changed. */
    kind: text('kind').notNull(),
    description: text('description').notNull(),
    /** What everybody in the organisation may see, as the kind's schema has it. */
    settings: jsonb('settings').$type<Readonly<Record<string, unknown>>>().notNull(),
    /** The names of the secrets that were given. */
    secretNames: jsonb('secret_names').$type<readonly string[]>().notNull(),
    /** JSON object of the secrets by name, sealed as one text. */
    sealedSecrets: text('sealed_secrets').notNull(),
    /** Counts up with each change. */
    revision: integer('revision').notNull(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    updatedBy: text('updated_by').notNull(),
    /** When somebody last connected to try it. */
    testedAt: at('tested_at'),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.name] })],
);
