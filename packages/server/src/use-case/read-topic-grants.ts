import type { TopicGrant } from '@penstock/model';
import { and, asc, eq, ne } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { topicGrants } from '../store/schema.ts';
import { queueTopics } from '../store/schema-resources.ts';

/** What an organisation was granted beside its own topics; none where nothing was. */
export const readTopicGrants = async (db: Database, orgId: string): Promise<readonly TopicGrant[]> => {
  const rows = await db
    .select()
    .from(topicGrants)
    .where(eq(topicGrants.orgId, orgId))
    .orderBy(asc(topicGrants.pattern));
  return rows.map(({ pattern, mayRead, mayWrite }) => ({ pattern, read: mayRead, write: mayWrite }));
};

/** Topics an organisation has made and has, by name: those that are being deleted are nobody's any more. */
export const readOwnTopics = async (db: Database, orgId: string): Promise<readonly string[]> => {
  const rows = await db
    .select({ topic: queueTopics.topic })
    .from(queueTopics)
    .where(and(eq(queueTopics.orgId, orgId), ne(queueTopics.state, 'deleting')))
    .orderBy(asc(queueTopics.topic));
  return rows.map(({ topic }) => topic);
};

/** Topics beside its own six that an organisation may use: those it has made, and those it was granted. */
export const readUsableTopics = async (db: Database, orgId: string): Promise<readonly TopicGrant[]> => [
  ...(await readOwnTopics(db, orgId)).map((pattern) => ({ pattern, read: true, write: true })),
  ...(await readTopicGrants(db, orgId)),
];
