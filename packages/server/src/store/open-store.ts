import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { AppError, messageOf } from '@penstock/model';
import { sql } from 'drizzle-orm';
import { drizzle as drizzlePool } from 'drizzle-orm/node-postgres';
import { migrate as migratePool } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import pg from 'pg';
import { lockFolder } from './folder-lock.ts';
import * as schema from './schema.ts';

/** A database or a transaction of it. Use cases take this, so that they can be part of a larger transaction. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Store {
  readonly db: Database;
  readonly kind: 'postgresql' | 'embedded';
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** PostgreSQL; absent: an embedded database in `dataDir/database`. */
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
  /** Connections per service instance (PostgreSQL only). */
  readonly poolSize?: number;
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  readonly onTrouble?: (error: Error) => void;
}

const migrationsFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'migrations');

/** Any number that other users of the database are unlikely to lock. */
const MIGRATION_LOCK = 7_365_101_001;

/**
 * Opens the database and brings its tables up to date. Several instances may do so at once: migrations run under an
 * advisory lock. Errors: `STORE_UNREACHABLE`, `STORE_FOLDER_IN_USE`.
 */
export const openStore = async (options: StoreOptions): Promise<Store> =>
  options.databaseUrl === undefined ? openEmbedded(options.dataDir) : openPostgres(options.databaseUrl, options);

const openEmbedded = async (dataDir: string): Promise<Store> => {
  const folder = join(dataDir, 'database');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(join(dataDir, 'database.lock'));
  try {
    const client = await PGlite.create({ dataDir: folder });
    const db = drizzlePglite(client, { schema });
    await migratePglite(db, { migrationsFolder });
    return {
      db,
      kind: 'embedded',
      ping: async () => {
        await client.query('select 1');
      },
      close: async () => {
        await client.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw new AppError(
      'STORE_UNREACHABLE',
      `The embedded database in "${folder}" cannot be opened: ${messageOf(error)}`,
      {
        domain: 'external',
        cause: error,
        params: { folder },
      },
    );
  }
};

const openPostgres = async (databaseUrl: string, options: StoreOptions): Promise<Store> => {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: 'penstock',
  });
  pool.on('error', (error) => options.onTrouble?.(error));
  try {
    await migrateUnderLock(pool);
  } catch (error) {
    await pool.end();
    throw new AppError(
      'STORE_UNREACHABLE',
      `The database of DATABASE_URL cannot be opened: ${messageOf(error)}. Check address, credentials and rights.`,
      { domain: 'external', retryable: true, cause: error },
    );
  }
  const db = drizzlePool(pool, { schema });
  return {
    db,
    kind: 'postgresql',
    ping: async () => {
      await db.execute(sql`select 1`);
    },
    close: () => pool.end(),
  };
};

/** The lock belongs to the session, so lock, migration and unlock share one connection. */
const migrateUnderLock = async (pool: pg.Pool): Promise<void> => {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      await migratePool(drizzlePool(client, { schema }), { migrationsFolder });
    } finally {
      await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    }
  } finally {
    client.release();
  }
};
