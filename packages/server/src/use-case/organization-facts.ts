import type { JsonObject, PipelineFacts } from '@penstock/model';
import { asc, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { organizations } from '../store/schema.ts';
import { connections } from '../store/schema-connections.ts';
import { readInstalledLibraries, readOwnLibrariesOf } from './read-libraries.ts';
import { readUsableTopics } from './read-topic-grants.ts';

/** What an organisation has beside its documents that these may name. */
export type OrganizationFacts = Required<Pick<PipelineFacts, 'topicGrants' | 'connections'>> &
  Pick<PipelineFacts, 'ownLibraries'>;

/** `documents`: those it is asked for; of the organisation's own libraries there are those that they name. */
export const readOrganizationFacts = async (
  db: Database,
  orgId: string,
  documents: readonly JsonObject[],
): Promise<OrganizationFacts> => {
  const ownLibraries = await readOwnLibrariesOf(db, orgId, documents);
  return {
    topicGrants: await readUsableTopics(db, orgId),
    connections: await db
      .select({ name: connections.name, kind: connections.kind })
      .from(connections)
      .where(eq(connections.orgId, orgId))
      .orderBy(asc(connections.name)),
    ...(ownLibraries.length === 0 ? {} : { ownLibraries }),
  };
};

/** What its documents are checked against: those facts, and the operator libraries it has installed. */
export interface CheckedFacts extends OrganizationFacts {
  readonly libraries: readonly string[];
  /** Where its days begin. */
  readonly timeZone: string;
}

export const readCheckedFacts = async (db: Database, orgId: string, document: JsonObject): Promise<CheckedFacts> => ({
  ...(await readOrganizationFacts(db, orgId, [document])),
  libraries: await readInstalledLibraries(db, orgId),
  timeZone: await readTimeZone(db, orgId),
});

const readTimeZone = async (db: Database, orgId: string): Promise<string> => {
  const [row] = await db
    .select({ timeZone: organizations.timeZone })
    .from(organizations)
    .where(eq(organizations.orgId, orgId));
  return row?.timeZone ?? 'UTC';
};
