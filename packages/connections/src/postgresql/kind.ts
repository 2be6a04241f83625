import type { Issue } from '@penstock/model';
import { defineConnectionKind } from '../kind.ts';
import { explainPostgres } from './explain.ts';
import { openPostgres } from './open.ts';
import { type PostgresSettings, postgresSecrets, postgresSettings } from './settings.ts';

/** More than any answer to a test has; what a server goes on sending nobody keeps. */
const MAX_TEST_BYTES = 256 * 1024;

const TEST = `select current_setting('server_version') as version, current_setting('transaction_read_only') as read_only`;

export const postgresql = defineConnectionKind<typeof postgresSettings, typeof postgresSecrets>({
  kind: 'postgresql',
  title: 'PostgreSQL',
  summary: 'A database of a PostgreSQL server, or of one that speaks as it does.',
  settings: postgresSettings,
  secrets: postgresSecrets,
  addressOf: ({ host, port, database }) => `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`,
  remarks: ({ tls, ca }) => [...lessThanTls(tls), ...unusedCa(tls, ca)],
  test: async (connection, access, timeoutMs) => {
    try {
      // Half for connecting, half for the one statement.
      const database = await openPostgres(connection, access, { timeoutMs: timeoutMs / 2, maxBytes: MAX_TEST_BYTES });
      try {
        const [row] = await database.query(TEST);
        const isReadOnly = row?.read_only === 'on';
        return `PostgreSQL ${versionOf(row?.version)}${isReadOnly ? ', read-only: a standby, or set so' : ''}`;
      } finally {
        database.close();
      }
    } catch (error) {
      throw explainPostgres(error);
    }
  },
});

/** What somebody at the other end calls itself is not for people to see as it is. */
const versionOf = (version: unknown): string => /^\d[\w.]{0,30}/.exec(String(version))?.[0] ?? 'of an unknown version';

const lessThanTls = (tls: PostgresSettings['tls']): Issue[] => {
  if (tls === 'verify-full' || tls === 'verify-ca') return [];
  const message =
    tls === 'disable'
      ? 'The connection is not encrypted: everybody on the way can read records and password.'
      : 'The certificate is not looked at: whoever answers at the address gets records and password.';
  return [{ code: 'CONNECTION_NOT_PROTECTED', severity: 'warning', path: '/tls', message }];
};

const unusedCa = (tls: PostgresSettings['tls'], ca: string | undefined): Issue[] =>
  ca === undefined || tls === 'verify-full' || tls === 'verify-ca'
    ? []
    : [
        {
          code: 'CONNECTION_CA_UNUSED',
          severity: 'warning',
          path: '/ca',
          message: `With TLS "${tls}" no certificate is looked at, so that "ca" has no effect.`,
        },
      ];
