import { explainPostgres, type OpenPostgres, openPostgres, readPostgres, refusalOf } from '@penstock/connections';
import { type SqlPool, SqlRefusal, type SqlSession } from '@penstock/engine';
import type { OutboundSettings, ResolvedConnection } from '@penstock/model';
import { createAddressRules } from '@penstock/outbound';

/** At a time, of one thread to one database: tasks take turns, and a server has a hundred connections for everybody. */
const MOST_OPEN = 2;
/** For connecting, and for each statement. */
const TIMEOUT_MS = 60_000;

/** Undefined settings: public addresses alone. */
export const openPostgresPool = (given: ResolvedConnection, outbound: OutboundSettings | undefined): PostgresPool => {
  const access = { rules: createAddressRules(outbound?.networks ?? []) };
  const connection = readPostgres(given);
  return new PostgresPool(() => openPostgres(connection, access, { timeoutMs: TIMEOUT_MS }));
};

/** A few connections that are used again; one that somebody failed with is not. */
export class PostgresPool implements SqlPool {
  readonly #open: () => Promise<OpenPostgres>;
  readonly #idle: OpenPostgres[] = [];
  readonly #waiting: (() => void)[] = [];
  #inUse = 0;
  #isClosed = false;

  constructor(open: () => Promise<OpenPostgres>) {
    this.#open = open;
  }

  async use<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    while (this.#inUse >= MOST_OPEN) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inUse += 1;
    let connection: OpenPostgres | undefined;
    try {
      connection = this.#idle.pop() ?? (await opened(this.#open));
      const result = await work(sessionOf(connection));
      if (this.#isClosed) connection.close();
      else this.#idle.push(connection);
      return result;
    } catch (error) {
      // Ends what was begun on it, too.
      connection?.close();
      // What was open before may have gone with it.
      if (!(error instanceof SqlRefusal)) this.#closeIdle();
      throw error;
    } finally {
      this.#inUse -= 1;
      this.#waiting.shift()?.();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#closeIdle();
  }

  #closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.close();
  }
}

const opened = async (open: () => Promise<OpenPostgres>): Promise<OpenPostgres> => {
  try {
    return await open();
  } catch (error) {
    throw explainPostgres(error);
  }
};

const sessionOf = (connection: OpenPostgres): SqlSession => ({
  query: async (text, values) => {
    try {
      return await connection.query(text, values);
    } catch (error) {
      const refusal = refusalOf(error);
      throw refusal === undefined ? explainPostgres(error) : new SqlRefusal(refusal.sqlState, refusal.message);
    }
  },
});
