import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { resourceUsage } from '../store/schema-resources.ts';
import type { Balances } from './balances.ts';
import { RESOURCES, type Resource } from './resource-types.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
/** A longer time is answered by days. */
const HOURS_UNTIL_MS = 14 * DAY_MS;
/** Points of an answer at most. */
const MAX_POINTS = 2000;

/** What was used in a step of time, in CU. `granted` null: not granted. */
export interface UsagePoint {
  /** Beginning of the step, Unix ms. */
  readonly at: number;
  readonly granted: number | null;
  /** At the end of the step, and the most at a time in it. */
  readonly used: number;
  readonly peak: number;
}

export interface Usage {
  readonly stepMs: number;
  readonly items: readonly UsagePoint[];
}

/** Notes what is used now; nothing is written where this hour says so already. Any instance, any time. */
export const noteUsage = async (db: Database, orgId: string, balances: Balances, now: number): Promise<void> => {
  const hour = now - (now % HOUR_MS);
  const rows = RESOURCES.flatMap((resource) => {
    const { granted, used } = balances[resource];
    if (granted === undefined && used === 0) return [];
    return [{ orgId, resource, at: hour, grantedMilli: granted ?? null, usedMilli: used, peakMilli: used }];
  });
  if (rows.length === 0) return;
  await db
    .insert(resourceUsage)
    .values(rows)
    .onConflictDoUpdate({
      target: [resourceUsage.orgId, resourceUsage.resource, resourceUsage.at],
      set: {
        grantedMilli: sql`excluded.granted_milli`,
        usedMilli: sql`excluded.used_milli`,
        peakMilli: sql`greatest(${resourceUsage.peakMilli}, excluded.peak_milli)`,
      },
      setWhere: sql`(${resourceUsage.grantedMilli}, ${resourceUsage.usedMilli}) is distinct from (excluded.granted_milli, excluded.used_milli)`,
    });
};

/** Use of a resource over time, the oldest first: by hours, over more than two weeks by days. Hours nobody noted are left out. */
export const readUsage = async (
  db: Database,
  { orgId, resource, from, to }: { orgId: string; resource: Resource; from: number; to: number },
): Promise<Usage> => {
  const rows = await db
    .select()
    .from(resourceUsage)
    .where(
      and(
        eq(resourceUsage.orgId, orgId),
        eq(resourceUsage.resource, resource),
        gte(resourceUsage.at, from - (from % HOUR_MS)),
        lt(resourceUsage.at, to),
      ),
    )
    .orderBy(asc(resourceUsage.at));
  const stepMs = to - from > HOURS_UNTIL_MS ? DAY_MS : HOUR_MS;
  const points = [...Map.groupBy(rows, ({ at }) => at - (at % stepMs))].map(([at, hours]): UsagePoint => {
    const last = hours.at(-1);
    const granted = last?.grantedMilli ?? null;
    return {
      at,
      granted: granted === null ? null : granted / 1000,
      used: (last?.usedMilli ?? 0) / 1000,
      peak: Math.max(...hours.map(({ peakMilli }) => peakMilli)) / 1000,
    };
  });
  return { stepMs, items: points.slice(-MAX_POINTS) };
};
