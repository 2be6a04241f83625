import pg from 'pg';
import type { ConnectionAccess } from '../guarded-socket.ts';
import { GuardedSocket } from '../guarded-socket.ts';
import type { Connection } from '../kind.ts';
import type { PostgresSecrets, PostgresSettings } from './settings.ts';

export interface OpenOptions {
  /** For connecting, and for each statement. */
  readonly timeoutMs: number;
  /** What the server may send altogether; more breaks the connection. Absent: no bound. */
  readonly maxBytes?: number;
}

/** An open connection. It breaks when the server goes away, and then every statement fails. */
export interface OpenPostgres {
  /** The rows of one statement, in the types that `pg` gives them. Errors: those of `pg`, see `explainPostgres`. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends it at once, whatever is under way. */
  close(): void;
}

/** Looked at this often where there is a bound. */
const LOOK_MS = 50;

/**
 * Connects to a PostgreSQL. Nothing is taken from the environment of the process: `PGPASSWORD` and the like belong to
 * the service. Errors: those of `pg` and of the socket, see `explainPostgres`.
 */
export const openPostgres = async (
  { settings, secrets }: Connection<PostgresSettings, PostgresSecrets>,
  access: ConnectionAccess,
  { timeoutMs, maxBytes }: OpenOptions,
): Promise<OpenPostgres> => {
  const socket = new GuardedSocket(access);
  const client = new pg.Client({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    // A function: of an empty text the library would make PGPASSWORD or what stands in a file.
    password: () => secrets.password ?? '',
    ssl: tlsOf(settings),
    stream: () => socket,
    application_name: 'Penstock',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    keepAlive: true,
  });
  // What breaks between statements shows in the next one.
  client.on('error', () => undefined);
  const look = maxBytes === undefined ? undefined : setInterval(() => endBeyond(socket, maxBytes), LOOK_MS);
  const close = (): void => {
    clearInterval(look);
    // Says good-bye where somebody listens, and does not wait for an answer.
    client.end().catch(() => undefined);
    socket.destroySoon();
  };
  try {
    await client.connect();
  } catch (error) {
    close();
    throw error;
  }
  return {
    query: async (text, values) => {
      const result: { readonly rows?: Record<string, unknown>[] } = await client.query(text, values && [...values]);
      // Several statements in one text have several results, which nobody looks at.
      return result.rows ?? [];
    },
    close,
  };
};

const endBeyond = (socket: GuardedSocket, maxBytes: number): void => {
  if (socket.bytesRead > maxBytes) socket.destroy(new Error('the other end sends more than anybody asked for'));
};

const tlsOf = ({ tls, ca }: PostgresSettings): false | NonNullable<Exclude<pg.ClientConfig['ssl'], boolean>> => {
  if (tls === 'disable') return false;
  if (tls === 'require') return { rejectUnauthorized: false };
  const trusted = ca === undefined ? {} : { ca };
  return tls === 'verify-ca' ? { ...trusted, checkServerIdentity: () => undefined } : trusted;
};
