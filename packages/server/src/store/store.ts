import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** A database or a transaction of it. Use cases take this, so that they can be part of a larger transaction. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Store {
  readonly db: Database;
  readonly kind: 'postgresql' | 'embedded';
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** A statement of upkeep (VACUUM, CHECKPOINT), outside transactions and without a limit of time. */
  run(statement: string): Promise<void>;
  /** PostgreSQL: connections there are, those nobody uses, and who waits for one. */
  readonly poolUse?: () => { readonly total: number; readonly idle: number; readonly waiting: number };
  /** The database's own clock, Unix ms. */
  readClock(): Promise<number>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** PostgreSQL; absent: an embedded database in `dataDir/database`. */
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
  /** Connections per service instance (PostgreSQL only). */
  readonly poolSize?: number;
  /** A statement or connection without an answer for this long (ms) is given up (PostgreSQL only). */
  readonly timeoutMs?: number;
  /** False leaves the tables as they are, to look at them only. */
  readonly migrate?: boolean;
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  readonly onTrouble?: (error: Error) => void;
}
