import { Socket } from 'node:net';
import { AppError, messageOf } from '@penstock/model';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { migrationsFolder, refuseNewerSchema, rowsOf } from './migrations.ts';
import * as schema from './schema.ts';
import type { Store, StoreOptions } from './store.ts';

/** Any number that other users of the database are unlikely to lock. */
const MIGRATION_LOCK = 7_365_101_001;
const CONNECT_LIMIT_MS = 5_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const IDLE_MS = 10_000;

/** Opens the database and brings its tables up to date. Errors: `STORE_UNREACHABLE`, `STORE_SCHEMA_NEWER`. */
export const openPostgres = async (databaseUrl: string, options: StoreOptions): Promise<Store> => {
  const onTrouble = (error: Error): void => options.onTrouble?.(error);
  const pool = new pg.Pool(poolConfig(databaseUrl, options));
  pool.on('error', onTrouble);
  // A connection that breaks while a transaction holds it tells the transaction; nobody else is to be surprised.
  pool.on('connect', (client) => client.on('error', onTrouble));
  try {
    if (options.migrate === false) await refuseNewerSchema(drizzle(pool, { schema }));
    else await alone(databaseUrl, (client) => migrateUnderLock(client));
  } catch (error) {
    await pool.end();
    if (error instanceof AppError) throw error;
    throw new AppError(
      'STORE_UNREACHABLE',
      `The database of DATABASE_URL cannot be opened: ${messageOf(error)}. Check address, credentials and rights.`,
      { domain: 'external', retryable: true, cause: error },
    );
  }
  const db = drizzle(pool, { schema });
  return {
    db,
    kind: 'postgresql',
    ping: async () => {
      await db.execute(sql`select 1`);
    },
    run: (statement) => alone(databaseUrl, async (client) => void (await client.query(statement))),
    poolUse: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    readClock: async () => {
      const [row] = rowsOf(await db.execute(sql`select extract(epoch from clock_timestamp()) * 1000 as now`));
      return Number(row?.now);
    },
    close: () => pool.end(),
  };
};

/**
 * After a failover the other end of a connection may be gone without a word, and TCP alone waits a quarter of an hour.
 * So a connection on which nothing arrives or leaves for `timeoutMs` is broken off: the pool closes idle ones long
 * before that, and the server ends statements and forgotten transactions before that too.
 */
const poolConfig = (databaseUrl: string, options: StoreOptions): pg.PoolConfig => {
  const timeoutMs = options.timeoutMs ?? 15_000;
  return {
    connectionString: databaseUrl,
    max: options.poolSize ?? 10,
    application_name: 'penstock',
    connectionTimeoutMillis: Math.min(CONNECT_LIMIT_MS, timeoutMs),
    idleTimeoutMillis: Math.min(IDLE_MS, timeoutMs / 2),
    statement_timeout: Math.ceil(timeoutMs * 0.8),
    idle_in_transaction_session_timeout: Math.ceil(timeoutMs * 0.8),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    stream: () => {
      const socket = new Socket();
      socket.setTimeout(timeoutMs, () =>
        socket.destroy(new Error(`the database has not answered for ${timeoutMs} ms`)),
      );
      return socket;
    },
  };
};

/** A connection of its own, without limits of time: for what may rightly take long. */
const alone = async (databaseUrl: string, use: (client: pg.Client) => Promise<void>): Promise<void> => {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'penstock',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    keepAlive: true,
  });
  client.on('error', () => {}); // the query under way rejects with it
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end();
  }
};

/** The lock belongs to the session, so lock, migration and unlock share one connection. */
const migrateUnderLock = async (client: pg.Client): Promise<void> => {
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    const db = drizzle(client, { schema });
    await refuseNewerSchema(db);
    await migrate(db, { migrationsFolder });
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
};
