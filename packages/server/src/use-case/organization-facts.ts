import type { PipelineFacts } from '@penstock/model';
import { asc, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { connections } from '../store/schema-connections.ts';
import { readInstalledLibraries } from './read-libraries.ts';
import { readUsableTopics } from './read-topic-grants.ts';

/** What an organisation has beside its documents that these may name. */
export type OrganizationFacts = Required<Pick<PipelineFacts, 'topicGrants' | 'connections'>>;

export const readOrganizationFacts = async (db: Database, orgId: string): Promise<OrganizationFacts> => ({
  topicGrants: await readUsableTopics(db, orgId),
  connections: await db
    .select({ name: connections.name, kind: connections.kind })
    .from(connections)
    .where(eq(connections.orgId, orgId))
    .orderBy(asc(connections.name)),
});

/** What its documents are checked against: those facts, and the operator libraries it has installed. */
export interface CheckedFacts extends OrganizationFacts {
  readonly libraries: readonly string[];
}

export const readCheckedFacts = async (db: Database, orgId: string): Promise<CheckedFacts> => ({
  ...(await readOrganizationFacts(db, orgId)),
  libraries: await readInstalledLibraries(db, orgId),
});
