import { sql } from 'drizzle-orm';
import type { Allowance } from '../settings/settings.ts';
import { rowsOf } from '../store/migrations.ts';
import type { Database } from '../store/store.ts';
import { formatPosition, REMOVED_UP_TO } from './read-changes.ts';

const DAY_MS = 24 * 3600_000;
/** Any number that other users of the database are unlikely to lock. */
const REMOVAL_LOCK = 7_365_101_002;

/**
 * Removes the oldest changes beyond the allowance, and notes up to where: who was not that far has to read everything
 * anew. Removed in the order they are told in, and never at or behind a transaction that is still under way, whose
 * changes would come to lie in front of that mark. Answers how many went. Any instance, any time.
 */
export const removeChanges = (db: Database, allowance: Allowance, now: number): Promise<number> =>
  db.transaction(async (tx) => {
    // One at a time, so that the mark never goes back.
    await tx.execute(sql`select pg_advisory_xact_lock(${REMOVAL_LOCK}::bigint)`);
    const [cut] = rowsOf(
      await tx.execute(sql`
        select xact_id::text as xact, id::text as id from (
          select xact_id, id, at,
            row_number() over newest as number,
            sum(octet_length(facts::text) + octet_length(subject) + 150) over newest as bytes
          from changes where xact_id < pg_snapshot_xmin(pg_current_snapshot())
          window newest as (order by xact_id desc, id desc)
        ) ranked
        where number > ${allowance.number} or bytes > ${allowance.bytes} or at < ${now - allowance.days * DAY_MS}
        order by xact_id desc, id desc limit 1`),
    );
    if (cut === undefined) return 0;
    const position = { xact: BigInt(String(cut.xact)), id: BigInt(String(cut.id)) };
    await tx.execute(sql`
      insert into store_facts (name, value) values (${REMOVED_UP_TO}, ${formatPosition(position)})
      on conflict (name) do update set value = excluded.value`);
    const gone = await tx.execute(sql`
      delete from changes where (xact_id, id) <= (${String(position.xact)}::xid8, ${String(position.id)}::bigint)
      returning 1`);
    return rowsOf(gone).length;
  });
