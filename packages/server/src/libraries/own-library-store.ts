import { and, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { installedLibraries, ownLibraries } from '../store/schema-resources.ts';
import { UseCaseError } from '../use-case/use-case.ts';

/** Operators of the libraries of an organisation's own, by library. */
export const readOwnOperators = async (
  db: Database,
  orgId: string,
): Promise<ReadonlyMap<string, readonly { readonly id: string; readonly label: string }[]>> => {
  const rows = await db
    .select({ library: ownLibraries.library, operators: ownLibraries.operators })
    .from(ownLibraries)
    .where(eq(ownLibraries.orgId, orgId));
  return new Map(rows.map(({ library, operators }) => [library, operators]));
};

/** The package of one, as JSON text. Errors: `LIBRARY_UNKNOWN`. */
export const readPackage = async (db: Database, orgId: string, library: string): Promise<string> => {
  const [row] = await db
    .select({ text: ownLibraries.package })
    .from(ownLibraries)
    .where(and(eq(ownLibraries.orgId, orgId), eq(ownLibraries.library, library)));
  if (row === undefined) throw notInstalled(library);
  return row.text;
};

/** Takes a library away from an organisation, whosever it is. Errors: `LIBRARY_UNKNOWN` where it is not installed. */
export const removeInstalled = async (db: Database, orgId: string, library: string): Promise<void> => {
  await db.delete(ownLibraries).where(and(eq(ownLibraries.orgId, orgId), eq(ownLibraries.library, library)));
  const gone = await db
    .delete(installedLibraries)
    .where(and(eq(installedLibraries.orgId, orgId), eq(installedLibraries.library, library)))
    .returning({ library: installedLibraries.library });
  if (gone.length === 0) throw notInstalled(library);
};

const notInstalled = (library: string): UseCaseError =>
  new UseCaseError('LIBRARY_UNKNOWN', 'not-found', `The organisation has not installed "${library}".`);
