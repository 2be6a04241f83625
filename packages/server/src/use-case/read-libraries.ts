import { type JsonObject, type OwnLibrary, readPipelineDocument } from '@penstock/model';
import { isOwnLibrary } from '@penstock/operators';
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { installedLibraries, ownLibraries } from '../store/schema-resources.ts';

/** Libraries an organisation has installed, by name. */
export const readInstalledLibraries = async (db: Database, orgId: string): Promise<readonly string[]> => {
  const rows = await db
    .select({ library: installedLibraries.library })
    .from(installedLibraries)
    .where(eq(installedLibraries.orgId, orgId))
    .orderBy(asc(installedLibraries.library));
  return rows.map(({ library }) => library);
};

/** Of the libraries of an organisation's own those that documents name; what is named and not installed is left out. */
export const readOwnLibrariesOf = async (
  db: Database,
  orgId: string,
  documents: readonly JsonObject[],
): Promise<OwnLibrary[]> => {
  const named = [...new Set(documents.flatMap(ownLibrariesIn))];
  return named.length === 0 ? [] : readOwn(db, orgId, named);
};

/** All libraries of an organisation's own, by name. */
export const readOwnLibraries = (db: Database, orgId: string): Promise<OwnLibrary[]> => readOwn(db, orgId, undefined);

const readOwn = async (db: Database, orgId: string, named: readonly string[] | undefined): Promise<OwnLibrary[]> => {
  const rows = await db
    .select({ library: ownLibraries.library, hash: ownLibraries.hash, text: ownLibraries.package })
    .from(ownLibraries)
    .where(
      and(eq(ownLibraries.orgId, orgId), named === undefined ? undefined : inArray(ownLibraries.library, [...named])),
    )
    .orderBy(asc(ownLibraries.library));
  return rows.map(({ library, hash, text }) => ({ library, hash, package: JSON.parse(text) as JsonObject }));
};

/** The own libraries that stages of a document name. */
export const ownLibrariesIn = (document: JsonObject): string[] =>
  (readPipelineDocument(document).document?.stages ?? []).map(({ library }) => library).filter(isOwnLibrary);
