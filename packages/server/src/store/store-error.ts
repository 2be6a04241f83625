import { AppError } from '@penstock/model';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import { PgPreparedQuery } from 'drizzle-orm/pg-core';

/**
 * What went wrong in the database: its SQLSTATE and the statement with placeholders, and nothing else. What the
 * database and its driver have to say quotes values (documents, their passwords), and errors end up in logs and
 * reasons; so neither their messages nor they themselves as a cause are kept.
 */
export class StoreError extends AppError {
  /** Five characters of PostgreSQL, or the code of a broken connection; absent where neither was given. */
  readonly sqlState?: string;
  /** With `$1` for values. */
  readonly statement: string;

  constructor(statement: string, code: string | undefined) {
    const isReached = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57P)/.test(code);
    const state = code === undefined ? '' : ` (${code})`;
    super(
      isReached ? 'STORE_FAILED' : 'STORE_UNREACHABLE',
      isReached ? `The database refused a statement${state}.` : `The database cannot be used at present${state}.`,
      { domain: isReached ? 'internal' : 'external', retryable: !isReached },
    );
    this.name = 'StoreError';
    if (code !== undefined) this.sqlState = code;
    this.statement = statement.slice(0, MAX_STATEMENT);
  }
}

const MAX_STATEMENT = 2000;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

type RunQuery = (statement: string, params: readonly unknown[], query: () => Promise<unknown>) => Promise<unknown>;

let isInstalled = false;

/**
 * Has every statement that fails throw a `StoreError`. Drizzle wraps errors in one that quotes all parameters, in this
 * method of the class all its prepared statements share, within transactions and without; it offers no other place.
 */
export const installStoreErrors = (): void => {
  if (isInstalled) return;
  isInstalled = true;
  const prepared = PgPreparedQuery.prototype as unknown as { queryWithCache: RunQuery };
  const { queryWithCache } = prepared;
  prepared.queryWithCache = async function (this: unknown, statement, params, query) {
    try {
      return await queryWithCache.call(this, statement, params, query);
    } catch (error) {
      throw error instanceof DrizzleQueryError ? new StoreError(statement, codeOf(error.cause)) : error;
    }
  };
};
