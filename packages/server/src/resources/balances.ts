import { and, count, eq, isNull, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { grants, runs } from '../store/schema.ts';
import { installedLibraries, queueTopics } from '../store/schema-resources.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import { queueMilliOf } from './queue-size.ts';
import { designingMilliOf, RESOURCE_TITLE, type Resource } from './resource-types.ts';

/** Thousandths of a CU. `granted` is undefined where the resource was never granted. */
export interface Balance {
  readonly granted: number | undefined;
  readonly used: number;
}

export type Balances = Readonly<Record<Resource, Balance>>;

/** Grants and what is taken of them. Exact only while the organisation's row is held. */
export const readBalances = async (db: Database, orgId: string): Promise<Balances> => {
  const granted = new Map(
    (await db.select().from(grants).where(eq(grants.orgId, orgId))).map((grant) => [grant.resource, grant.cuMilli]),
  );
  const total = (column: typeof runs.standaloneMilli | typeof runs.serverMilli | typeof runs.yarnMilli) =>
    sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);
  const [used] = await db
    .select({ standalone: total(runs.standaloneMilli), server: total(runs.serverMilli), yarn: total(runs.yarnMilli) })
    .from(runs)
    .where(and(eq(runs.orgId, orgId), isNull(runs.endedAt)));
  const [libraries] = await db
    .select({ installed: count() })
    .from(installedLibraries)
    .where(eq(installedLibraries.orgId, orgId));
  const topics = await db
    .select({ partitions: queueTopics.partitions, maxBytes: queueTopics.maxBytes })
    .from(queueTopics)
    .where(eq(queueTopics.orgId, orgId));
  return {
    standalone: { granted: granted.get('standalone'), used: used?.standalone ?? 0 },
    'cluster-server': { granted: granted.get('cluster-server'), used: used?.server ?? 0 },
    'cluster-yarn': { granted: granted.get('cluster-yarn'), used: used?.yarn ?? 0 },
    'stream-designing': {
      granted: granted.get('stream-designing'),
      used: designingMilliOf(libraries?.installed ?? 0),
    },
    'message-queue': { granted: granted.get('message-queue'), used: queueMilliOf(topics) },
  };
};

/**
 * Whether so much more of a resource may be taken. `family`: what the EnOS API calls it in messages; `freeBy`: what
 * gives some of it back. Errors: `RESOURCE_NOT_REQUESTED` (61128), `RESOURCE_NOT_ENOUGH` (61126).
 */
export const requireRoom = (
  resource: Resource,
  { granted, used }: Balance,
  wantedMilli: number,
  { family, freeBy }: { readonly family: string; readonly freeBy: string },
): void => {
  const title = RESOURCE_TITLE[resource];
  if (granted === undefined)
    throw new UseCaseError(
      'RESOURCE_NOT_REQUESTED',
      'quota',
      `The organisation has no grant of ${title}. Grant it, then try again.`,
      { params: { resource: family } },
    );
  if (used + wantedMilli <= granted) return;
  throw new UseCaseError(
    'RESOURCE_NOT_ENOUGH',
    'quota',
    `${title}: ${wantedMilli / 1000} CU asked for, ${Math.max(0, granted - used) / 1000} of ${granted / 1000} CU left. ${freeBy}`,
    { params: { resource, wanted: wantedMilli / 1000 } },
  );
};
