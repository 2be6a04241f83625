import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Database } from './open-store.ts';
import { storeFacts } from './schema.ts';

/**
 * Names the installation, that is, the database with all service instances on it: made once, 16 hex digits. A cluster
 * may serve several installations, and none may touch the applications of another.
 */
export const readInstallation = async (db: Database): Promise<string> => {
  const value = randomBytes(8).toString('hex');
  await db.insert(storeFacts).values({ name: 'installation', value }).onConflictDoNothing();
  const [fact] = await db.select().from(storeFacts).where(eq(storeFacts.name, 'installation'));
  if (fact === undefined) throw new Error('the name of the installation is gone');
  return fact.value;
};
