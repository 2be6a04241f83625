import { sql } from 'drizzle-orm';
import type { Allowance } from '../settings/settings.ts';
import { rowsOf } from '../store/migrations.ts';
import type { Database } from '../store/store.ts';
import { KEPT_TABLES, type KeptKind, type KeptTable } from './bounds.ts';

const DAY_MS = 24 * 3600_000;

/**
 * Removes the oldest rows of one table that are beyond its allowance by number, bytes or age. What something still
 * refers to stays, and counts. Answers how many rows went.
 */
const removeFrom = async (db: Database, kept: KeptTable, allowance: Allowance, now: number): Promise<number> => {
  const { table, per, order, time, bytes, stays } = kept;
  const over = `over (${per === null ? '' : `partition by t.${per} `}order by t.${order} desc)`;
  // Names and expressions are those of `KEPT_TABLES`, never from outside.
  const ranked = sql.raw(
    `select t.ctid as place, t.${time} as time, row_number() ${over} as number, sum(${bytes}) ${over} as bytes, ` +
      `${stays === undefined ? 'false' : `(${stays})`} as stays from ${table} t`,
  );
  const gone = await db.execute(sql`
    delete from ${sql.identifier(table)} where ctid = any(array(
      select place from (${ranked}) ranked
      where not stays and (number > ${allowance.number} or bytes > ${allowance.bytes} or time < ${now - allowance.days * DAY_MS})
    )) returning 1`);
  return rowsOf(gone).length;
};

/** Keeps every table that grows with use within what the settings allow. Any instance, any time. */
export const removeOld = async (
  db: Database,
  keep: Readonly<Record<KeptKind, Allowance>>,
  now: number,
): Promise<ReadonlyMap<string, number>> => {
  const removed = new Map<string, number>();
  for (const kept of KEPT_TABLES) {
    const rows = await removeFrom(db, kept, keep[kept.kept], now);
    if (rows > 0) removed.set(kept.table, rows);
  }
  // The last word of a worker is shown with its pipeline's last run; of earlier runs nobody asks.
  await db.execute(sql`delete from run_reports where not exists (
    select 1 from pipelines where pipelines.current_run_id = run_reports.run_id)`);
  await db.execute(sql`delete from run_leases where exists (
    select 1 from runs where runs.run_id = run_leases.run_id and runs.ended_at is not null)`);
  return removed;
};
