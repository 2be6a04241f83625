import type { TopicFlow } from '@penstock/engine';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { organizations, pipelines } from './schema.ts';

/**
 * Which points released pipelines read and put out. Conventions as in `schema.ts`. Written under the lock of the
 * organisation's row alone, so that what a revision is made of is all there with it.
 */

/** One per message channel of an organisation that has a released pipeline with points: how far it has changed. */
export const lineages = pgTable(
  'lineages',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    messageChannel: integer('message_channel').notNull(),
    /** Counts up with every change. */
    revision: bigint('revision', { mode: 'number' }).notNull(),
    /** Random, another one with every change: a restored database may come to the same revision by another way. */
    stamp: text('stamp').notNull(),
    changedAt: bigint('changed_at', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.messageChannel] })],
);

/** Of a pipeline's released version; outlasts its being taken offline, and goes with the pipeline. */
export const pipelineLineages = pgTable(
  'pipeline_lineages',
  {
    pipelineId: text('pipeline_id')
      .primaryKey()
      .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    orgId: text('org_id').notNull(),
    messageChannel: integer('message_channel').notNull(),
    /** `pipeline_versions.number` it was found in. */
    versionNumber: integer('version_number').notNull(),
    /** `{modelId}::{pointId}` or `{measurementId}`, each once. */
    inputs: jsonb('inputs').$type<readonly string[]>().notNull(),
    outputs: jsonb('outputs').$type<readonly string[]>().notNull(),
    /** Topics it reads and writes, and what it brings from which into which; none where it does not compile. */
    reads: jsonb('reads').$type<readonly string[]>().notNull().default([]),
    writes: jsonb('writes').$type<readonly string[]>().notNull().default([]),
    flows: jsonb('flows').$type<readonly TopicFlow[]>().notNull().default([]),
  },
  (table) => [index('pipeline_lineages_by_org').on(table.orgId, table.messageChannel)],
);
