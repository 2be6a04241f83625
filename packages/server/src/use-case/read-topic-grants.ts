import type { TopicGrant } from '@penstock/model';
import { asc, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { topicGrants } from '../store/schema.ts';

/** Topics beside its own six that an organisation may use; none where nothing was granted. */
export const readTopicGrants = async (db: Database, orgId: string): Promise<readonly TopicGrant[]> => {
  const rows = await db
    .select()
    .from(topicGrants)
    .where(eq(topicGrants.orgId, orgId))
    .orderBy(asc(topicGrants.pattern));
  return rows.map(({ pattern, mayRead, mayWrite }) => ({ pattern, read: mayRead, write: mayWrite }));
};
