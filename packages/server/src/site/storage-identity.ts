import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../store/migrations.ts';
import type { Store } from '../store/store.ts';

/**
 * Names where a database lies, such that a copy lies elsewhere: of PostgreSQL the cluster's own identifier and the
 * number of the database in it (a dump that is loaded gets another, a standby that takes over keeps it); of the
 * embedded one a file of its folder, with its inode and time of birth, which no copy takes along. What cannot be told
 * is a copy below the file system: an image of a disk, a base backup of PostgreSQL.
 */
export const storageIdentity = async (store: Store, dataDir: string): Promise<string> =>
  store.kind === 'postgresql' ? postgresIdentity(store) : folderIdentity(dataDir);

const postgresIdentity = async ({ db }: Store): Promise<string> => {
  const [row] = rowsOf(
    await db.execute(sql`
      select (select system_identifier::text from pg_control_system()) as system,
             (select oid::text from pg_database where datname = current_database()) as database`),
  );
  return `postgresql:${row?.system}/${row?.database}`;
};

const folderIdentity = (dataDir: string): string => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'site-id');
  try {
    writeFileSync(path, `${randomUUID()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const { ino, birthtimeNs } = statSync(path, { bigint: true });
  return `folder:${readFileSync(path, 'utf8').trim()}/${ino}/${birthtimeNs}`;
};
