import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { organizations } from './schema.ts';

/** What organisations have made of the resources they were granted. Conventions as in `schema.ts`. */
const at = (name: string) => bigint(name, { mode: 'number' });

/** Operator libraries an organisation may use beside the base library. */
export const installedLibraries = pgTable(
  'installed_libraries',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    /** Its version, by which it goes: `0.4.0`. */
    library: text('library').notNull(),
    installedAt: at('installed_at').notNull(),
    installedBy: text('installed_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.library] })],
);

/** What an organisation's own libraries hold, of those it has installed. Nothing of one ever changes. */
export const ownLibraries = pgTable(
  'own_libraries',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    /** Its name and version, by which documents name it: `acme-filters@1.2.0`. */
    library: text('library').notNull(),
    /** SHA-256 of what it holds. */
    hash: text('hash').notNull(),
    /** As `[{ id, label }]`: for lists, which have no use for the rest. */
    operators: jsonb('operators').$type<readonly { readonly id: string; readonly label: string }[]>().notNull(),
    /** The package, as JSON text: the order of options is that of their form. */
    package: text('package').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.library] })],
);

/** Topics that organisations have made for themselves, within their grant of Message Queue. */
export const queueTopics = pgTable(
  'queue_topics',
  {
    /** As in Kafka, where names are of all organisations. */
    topic: text('topic').primaryKey(),
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId),
    description: text('description').notNull(),
    partitions: integer('partitions').notNull(),
    retentionHours: integer('retention_hours').notNull(),
    maxBytes: bigint('max_bytes', { mode: 'number' }).notNull(),
    /** `creating`, `changing` and `deleting` are written before Kafka is asked, and stay where it did not answer. */
    state: text('state').$type<'creating' | 'ready' | 'changing' | 'deleting'>().notNull(),
    createdAt: at('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    updatedAt: at('updated_at').notNull(),
    updatedBy: text('updated_by').notNull(),
  },
  (table) => [index('queue_topics_by_org').on(table.orgId, table.topic)],
);

/** What was granted and used of a resource in an hour. */
export const resourceUsage = pgTable(
  'resource_usage',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    resource: text('resource').notNull(),
    /** Beginning of the hour. */
    at: at('at').notNull(),
    /** When it was last looked at; null where it was not granted then. */
    grantedMilli: bigint('granted_milli', { mode: 'number' }),
    usedMilli: bigint('used_milli', { mode: 'number' }).notNull(),
    /** The most that was used at a time. */
    peakMilli: bigint('peak_milli', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.resource, table.at] })],
);

/** Resources of which so much is used that people were told. No row: there is enough left. */
export const resourceWarnings = pgTable(
  'resource_warnings',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    resource: text('resource').notNull(),
    since: at('since').notNull(),
    /** What is told belongs together by this. */
    incidentId: text('incident_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.resource] })],
);
