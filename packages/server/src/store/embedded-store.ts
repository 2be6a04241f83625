import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { AppError, messageOf } from '@penstock/model';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { lockFolder } from './folder-lock.ts';
import { migrationsFolder, refuseNewerSchema } from './migrations.ts';
import * as schema from './schema.ts';
import type { Store } from './store.ts';

/**
 * How the embedded PostgreSQL is started: as the package does, but with writes that reach the disk before they are
 * acknowledged (the package's `-F` turns that off), and sized for a control plane rather than for a database server.
 */
const startParams = (): string[] => [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['shared_buffers=16MB', 'min_wal_size=32MB', 'max_wal_size=64MB'].flatMap((setting) => ['-c', setting]),
];

/**
 * V8 would keep the database's 20 MB of WebAssembly twice, the second time as 200 MB of code of its optimising
 * compiler. A statement takes the same time without.
 */
const useOneCompiler = (): void => {
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
};

/** Opens the database in `dataDir/database`, made on first use. Errors: `STORE_UNREACHABLE`, `STORE_FOLDER_IN_USE`, `STORE_SCHEMA_NEWER`. */
export const openEmbedded = async (
  dataDir: string,
  options: { readonly migrate: boolean } = { migrate: true },
): Promise<Store> => {
  const folder = join(dataDir, 'database');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(join(dataDir, 'database.lock'));
  try {
    useOneCompiler();
    const client = await PGlite.create({ dataDir: folder, startParams: startParams() });
    try {
      const db = drizzle(client, { schema });
      await refuseNewerSchema(db);
      if (options.migrate) await migrate(db, { migrationsFolder });
      return {
        db,
        kind: 'embedded',
        ping: async () => {
          await client.query('select 1');
        },
        run: async (statement) => {
          await client.exec(statement);
        },
        // The database has no clock but this machine's.
        readClock: async () => Date.now(),
        close: async () => {
          // A checkpoint makes the next start short; without it everything committed is there all the same.
          try {
            await client.exec('checkpoint');
          } finally {
            await client.close();
            unlock();
          }
        },
      };
    } catch (error) {
      await client.close();
      throw error;
    }
  } catch (error) {
    unlock();
    if (error instanceof AppError) throw error;
    throw new AppError(
      'STORE_UNREACHABLE',
      `The embedded database in "${folder}" cannot be opened: ${messageOf(error)}`,
      { domain: 'external', cause: error, params: { folder } },
    );
  }
};
