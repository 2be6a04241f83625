import { desc, eq, lt, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { instances } from '../store/schema-instances.ts';

/** How often an instance shows a sign of life. */
export const SIGN_EVERY_MS = 15_000;
/** Without one for so long an instance counts as silent: three were missed. */
export const SILENT_AFTER_MS = 60_000;
/** Silent ones are shown for this long, and then forgotten. */
const FORGET_AFTER_MS = 24 * 3600_000;
/** Kept and shown at most; of more the oldest signs go first. */
const MAX_INSTANCES = 200;

export type InstanceRow = typeof instances.$inferSelect;

export interface InstanceView extends InstanceRow {
  readonly isAlive: boolean;
}

/** A sign of life. Those that were forgotten meanwhile are there again. Errors: those of the database. */
export const showSign = async (db: Database, row: InstanceRow): Promise<void> => {
  const { instanceId: _id, startedAt: _started, ...changing } = row;
  await db.insert(instances).values(row).onConflictDoUpdate({ target: instances.instanceId, set: changing });
};

/** An instance that ends takes itself out. */
export const takeOut = async (db: Database, instanceId: string): Promise<void> => {
  await db.delete(instances).where(eq(instances.instanceId, instanceId));
};

/** Forgets those that have been silent for a day, and of more than may be kept those that were heard of longest ago. */
export const forgetInstances = async (db: Database, now: number): Promise<void> => {
  await db.delete(instances).where(lt(instances.seenAt, now - FORGET_AFTER_MS));
  await db.execute(sql`delete from instances where instance_id in (
    select instance_id from instances order by seen_at desc, instance_id offset ${MAX_INSTANCES})`);
};

/** Those heard of within a day, the last heard of first. */
export const listInstances = async (db: Database, now: number): Promise<readonly InstanceView[]> => {
  const rows = await db
    .select()
    .from(instances)
    .orderBy(desc(instances.seenAt), instances.instanceId)
    .limit(MAX_INSTANCES);
  return rows.map((row) => ({ ...row, isAlive: now - row.seenAt < SILENT_AFTER_MS }));
};
