import { and, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { grants } from '../store/schema.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { type Balance, readBalances } from './balances.ts';
import type { Resource } from './resource-types.ts';

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
  readonly streamDesigning: GrantView | null;
  readonly messageQueue: GrantView | null;
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
    streamDesigning: view(balances['stream-designing']),
    messageQueue: view(balances['message-queue']),
  };
};

/** Guard against absurd numbers only. */
const MAX_GRANT_CU = 1_000_000;

/** Grants a resource, or changes the grant. What runs keeps running. Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`. */
export const setGrant = async (
  deps: UseCaseDeps,
  request: { orgId: string; resource: Resource; cu: number; actor: string },
): Promise<void> => {
  const cuMilli = Math.round(request.cu * 1000);
  if (!(request.cu >= 0 && request.cu <= MAX_GRANT_CU) || Math.abs(cuMilli - request.cu * 1000) > 1e-6)
    throw fieldInvalid('/cu', `"cu" must be a number of CUs from 0 to ${MAX_GRANT_CU}, with at most three decimals.`);
  const now = deps.clock.now();
  await requireOrganization(deps.store.db, request.orgId);
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, request.orgId);
    await writeGrant(tx, { ...request, cuMilli }, now);
  });
};

/** A grant as part of a transaction that holds the organisation's row, or has just made it. */
export const writeGrant = async (
  tx: Database,
  { orgId, resource, cuMilli, actor }: { orgId: string; resource: Resource; cuMilli: number; actor: string },
  at: number,
): Promise<void> => {
  await tx
    .insert(grants)
    .values({ orgId, resource, cuMilli, updatedAt: at })
    .onConflictDoUpdate({ target: [grants.orgId, grants.resource], set: { cuMilli, updatedAt: at } });
  const detail = String(cuMilli / 1000);
  await recordAudit(tx, { at, orgId, actor, action: 'grant.set', target: resource, detail });
};

/** Takes a grant back: nothing more can be started with it. Errors: `ORGANIZATION_UNKNOWN`, `GRANT_UNKNOWN`. */
export const withdrawGrant = async (
  deps: UseCaseDeps,
  request: { orgId: string; resource: Resource; actor: string },
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
