import { asc, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { installedLibraries } from '../store/schema-resources.ts';

/** Libraries an organisation has installed, by name. */
export const readInstalledLibraries = async (db: Database, orgId: string): Promise<readonly string[]> => {
  const rows = await db
    .select({ library: installedLibraries.library })
    .from(installedLibraries)
    .where(eq(installedLibraries.orgId, orgId))
    .orderBy(asc(installedLibraries.library));
  return rows.map(({ library }) => library);
};
