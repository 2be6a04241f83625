import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { grants, runs } from '../store/schema.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/** Contract C.5: Standalone Processing, and the two parts of Cluster Processing. */
export const GrantResource = {
  Standalone: 'standalone',
  ClusterServer: 'cluster-server',
  ClusterYarn: 'cluster-yarn',
} as const;
export type GrantResource = (typeof GrantResource)[keyof typeof GrantResource];

/** Thousandths of a CU. `granted` is undefined where the resource was never granted. */
export interface Balance {
  readonly granted: number | undefined;
  readonly used: number;
}
export type Balances = Readonly<Record<GrantResource, Balance>>;

/** Grants and what open runs take of them. Exact only while the organisation's row is held. */
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
  return {
    standalone: { granted: granted.get('standalone'), used: used?.standalone ?? 0 },
    'cluster-server': { granted: granted.get('cluster-server'), used: used?.server ?? 0 },
    'cluster-yarn': { granted: granted.get('cluster-yarn'), used: used?.yarn ?? 0 },
  };
};

/** A grant as the API shows it, in CU. `available` is negative when a grant was cut below what is in use. */
export interface GrantView {
  readonly granted: number;
  readonly used: number;
  readonly available: number;
}
export interface GrantsView {
  readonly standalone: GrantView | null;
  readonly clusterServer: GrantView | null;
  readonly clusterYarn: GrantView | null;
}

const view = ({ granted, used }: Balance): GrantView | null =>
  granted === undefined ? null : { granted: granted / 1000, used: used / 1000, available: (granted - used) / 1000 };

/** Errors: `ORGANIZATION_UNKNOWN`. */
export const getGrants = async (deps: UseCaseDeps, orgId: string): Promise<GrantsView> => {
  await requireOrganization(deps.store.db, orgId);
  const balances = await readBalances(deps.store.db, orgId);
  return {
    standalone: view(balances.standalone),
    clusterServer: view(balances['cluster-server']),
    clusterYarn: view(balances['cluster-yarn']),
  };
};

/** Guard against absurd numbers only. */
const MAX_GRANT_CU = 1_000_000;

/** Grants a resource, or changes the grant. What runs keeps running. Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`. */
export const setGrant = async (
  deps: UseCaseDeps,
  request: { orgId: string; resource: GrantResource; cu: number; actor: string },
): Promise<void> => {
  const cuMilli = Math.round(request.cu * 1000);
  if (!(request.cu >= 0 && request.cu <= MAX_GRANT_CU) || Math.abs(cuMilli - request.cu * 1000) > 1e-6)
    throw fieldInvalid('/cu', `"cu" must be a number of CUs from 0 to ${MAX_GRANT_CU}, with at most three decimals.`);
  const now = deps.clock.now();
  await requireOrganization(deps.store.db, request.orgId);
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, request.orgId);
    await tx
      .insert(grants)
      .values({ orgId: request.orgId, resource: request.resource, cuMilli, updatedAt: now })
      .onConflictDoUpdate({ target: [grants.orgId, grants.resource], set: { cuMilli, updatedAt: now } });
    await recordAudit(tx, {
      at: now,
      orgId: request.orgId,
      actor: request.actor,
      action: 'grant.set',
      target: request.resource,
      detail: String(request.cu),
    });
  });
};

/** Takes a grant back: nothing more can be started with it. Errors: `ORGANIZATION_UNKNOWN`, `GRANT_UNKNOWN`. */
export const withdrawGrant = async (
  deps: UseCaseDeps,
  request: { orgId: string; resource: GrantResource; actor: string },
): Promise<void> => {
  await requireOrganization(deps.store.db, request.orgId);
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, request.orgId);
    const withdrawn = await tx
      .delete(grants)
      .where(and(eq(grants.orgId, request.orgId), eq(grants.resource, request.resource)))
      .returning({ resource: grants.resource });
    if (withdrawn.length === 0)
      throw new UseCaseError('GRANT_UNKNOWN', 'not-found', `The organisation has no grant of "${request.resource}".`);
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: request.orgId,
      actor: request.actor,
      action: 'grant.withdraw',
      target: request.resource,
    });
  });
};
