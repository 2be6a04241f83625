import type { PipelineFacts } from '@penstock/model';
import { asc, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { connections } from '../store/schema-connections.ts';
import { readTopicGrants } from './read-topic-grants.ts';

/** What an organisation has beside its documents that these may name. */
export type OrganizationFacts = Required<Pick<PipelineFacts, 'topicGrants' | 'connections'>>;

export const readOrganizationFacts = async (db: Database, orgId: string): Promise<OrganizationFacts> => ({
  topicGrants: await readTopicGrants(db, orgId),
  connections: await db
    .select({ name: connections.name, kind: connections.kind })
    .from(connections)
    .where(eq(connections.orgId, orgId))
    .orderBy(asc(connections.name)),
});
