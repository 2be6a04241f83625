import { eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { organizations } from '../store/schema.ts';
import { isPlausibleId } from '../store/storable-text.ts';
import { UseCaseError } from './use-case.ts';

/** An organisation as the API shows it. */
export interface Organization {
  readonly orgId: string;
  readonly name: string;
  readonly createdAt: number;
  /** Where its days begin: a name such as `Asia/Shanghai`, or an offset. */
  readonly timeZone: string;
}

/** Errors: `ORGANIZATION_UNKNOWN`. */
export const requireOrganization = async (db: Database, orgId: string): Promise<Organization> => {
  const [row] = isPlausibleId(orgId) ? await db.select().from(organizations).where(eq(organizations.orgId, orgId)) : [];
  if (row === undefined) throw new UseCaseError('ORGANIZATION_UNKNOWN', 'not-found', 'There is no such organisation.');
  return row;
};
