import { eq } from 'drizzle-orm';
import { resourceWarnings } from '../store/schema-resources.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import type { UseCaseDeps } from '../use-case/use-case.ts';
import { readBalances } from './balances.ts';
import { RESOURCE_TITLE, RESOURCES, type Resource } from './resource-types.ts';

/** How an organisation stands with a resource, in CU. `granted` and `available` null: it was never granted. */
export interface ResourceView {
  readonly resource: Resource;
  readonly title: string;
  readonly granted: number | null;
  readonly used: number;
  readonly available: number | null;
  /** Since when so much is used that people were told; null: there is enough left. */
  readonly scarceSince: number | null;
}

/** Every resource there is, whether or not it was granted. Errors: `ORGANIZATION_UNKNOWN`. */
export const listResources = async (
  { store }: Pick<UseCaseDeps, 'store'>,
  orgId: string,
): Promise<readonly ResourceView[]> => {
  await requireOrganization(store.db, orgId);
  const balances = await readBalances(store.db, orgId);
  const warnings = await store.db.select().from(resourceWarnings).where(eq(resourceWarnings.orgId, orgId));
  return RESOURCES.map((resource) => {
    const { granted, used } = balances[resource];
    return {
      resource,
      title: RESOURCE_TITLE[resource],
      granted: granted === undefined ? null : granted / 1000,
      used: used / 1000,
      available: granted === undefined ? null : (granted - used) / 1000,
      scarceSince: warnings.find((row) => row.resource === resource)?.since ?? null,
    };
  });
};
