import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@penstock/model';
import { sql } from 'drizzle-orm';
import type { Database } from './store.ts';

export const migrationsFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'migrations');

/** A step of the schema: its name, and the number it is ordered by (Unix ms of its making). */
export interface MigrationStep {
  readonly name: string;
  readonly when: number;
}

/** The steps this version of the program knows, in order. */
export const knownMigrations = (): readonly MigrationStep[] => {
  const journal: { entries: { tag: string; when: number }[] } = JSON.parse(
    readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'),
  );
  return journal.entries.map(({ tag, when }) => ({ name: tag, when }));
};

/** The number of the last step a database has taken; undefined for an empty database. */
export const lastMigrationOf = async (db: Database): Promise<number | undefined> => {
  const found = rowsOf(await db.execute(sql`select to_regclass('drizzle.__drizzle_migrations') as name`));
  if (found[0]?.name === null) return undefined;
  const rows = rowsOf(await db.execute(sql`select max(created_at) as last from drizzle.__drizzle_migrations`));
  const last = rows[0]?.last;
  return last === null || last === undefined ? undefined : Number(last);
};

/**
 * Refuses a database that a newer version has changed: this one would read its tables wrongly, or write what the
 * newer one no longer understands. Errors: `STORE_SCHEMA_NEWER`.
 */
export const refuseNewerSchema = async (db: Database): Promise<void> => {
  const last = await lastMigrationOf(db);
  const own = knownMigrations().at(-1);
  if (last === undefined || own === undefined || last <= own.when) return;
  throw new AppError(
    'STORE_SCHEMA_NEWER',
    `The database was brought up to date by a newer version of Penstock (step of ${new Date(last).toISOString()}; ` +
      `this version knows steps until "${own.name}"). Start that version or a newer one, or restore a backup from before.`,
    { domain: 'user', params: { last, known: own.when } },
  );
};

/** The steps that are still to be taken on a database. */
export const pendingMigrations = async (db: Database): Promise<readonly MigrationStep[]> => {
  const last = await lastMigrationOf(db);
  return knownMigrations().filter(({ when }) => last === undefined || when > last);
};

/** Rows of a raw statement: both drivers give an object with `rows`. */
export const rowsOf = (result: unknown): readonly Record<string, unknown>[] => {
  if (typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows))
    return result.rows;
  throw new Error('the database driver gave no rows');
};
