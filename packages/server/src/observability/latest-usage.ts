import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../store/migrations.ts';
import type { Database } from '../store/open-store.ts';

export interface LatestUsage {
  readonly orgId: string;
  readonly resource: string;
  /** Null where it is not granted. */
  readonly grantedMilli: number | null;
  readonly usedMilli: number;
}

/** Series shown at most. */
const MAX_SHOWN = 2000;

/**
 * The newest row of each organisation and resource. From one pair to the next, and to the newest row of each, is one step
 * into the index: what was noted in the year before is not read. `MAX_SHOWN` bounds the steps.
 */
export const latestUsageQuery = (): SQL => sql`
  with recursive pairs as (
    (select org_id, resource, 1 as place from resource_usage order by org_id, resource limit 1)
    union all
    select n.org_id, n.resource, p.place + 1 from pairs p cross join lateral (
      select org_id, resource from resource_usage
      where (org_id, resource) > (p.org_id, p.resource) order by org_id, resource limit 1) n
    where p.place < ${MAX_SHOWN})
  select p.org_id, p.resource, u.granted_milli, u.used_milli from pairs p
  cross join lateral (
    select granted_milli, used_milli from resource_usage
    where org_id = p.org_id and resource = p.resource order by at desc limit 1) u
  order by p.place`;

/** As last noted, which is a minute ago at most. */
export const readLatestUsage = async (db: Database): Promise<readonly LatestUsage[]> =>
  rowsOf(await db.execute(latestUsageQuery())).map((row) => ({
    orgId: String(row.org_id),
    resource: String(row.resource),
    grantedMilli: row.granted_milli === null ? null : Number(row.granted_milli),
    usedMilli: Number(row.used_milli),
  }));
