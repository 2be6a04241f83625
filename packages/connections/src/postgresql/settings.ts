import { AppError } from '@penstock/model';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Connection } from '../kind.ts';

/** How the way to the server is kept secret, as PostgreSQL's own programs call it. */
export const TLS_MODES = ['verify-full', 'verify-ca', 'require', 'disable'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

const NO_CONTROLS = '^[^\\u0000-\\u001f\\u007f]+$';

export const postgresSettings = Type.Object(
  {
    host: Type.String({
      title: 'Host',
      description: 'Name or address of the server.',
      minLength: 1,
      maxLength: 253,
      // No path: that would be a socket of this machine.
      pattern: '^[A-Za-z0-9._:-]+$',
    }),
    port: Type.Integer({ title: 'Port', description: 'Where it listens.', default: 5432, minimum: 1, maximum: 65535 }),
    database: Type.String({
      title: 'Database',
      description: 'Name of the database.',
      minLength: 1,
      maxLength: 63,
      pattern: NO_CONTROLS,
    }),
    user: Type.String({
      title: 'User',
      description: 'Role that pipelines work as; give it rights to what they write and to nothing else.',
      minLength: 1,
      maxLength: 63,
      pattern: NO_CONTROLS,
    }),
    tls: Type.Unsafe<TlsMode>({
      type: 'string',
      enum: [...TLS_MODES],
      title: 'TLS',
      description:
        '`verify-full`: the certificate must be good and name the host. `verify-ca`: it must be good. `require`: encrypted, whoever is at the other end. `disable`: everybody on the way can read along, the password included.',
      default: 'verify-full',
      ui: {
        options: {
          'verify-full': 'Verified certificate and host',
          'verify-ca': 'Verified certificate',
          require: 'Encrypted only',
          disable: 'None',
        },
      },
    }),
    ca: Type.Optional(
      Type.String({
        title: 'Certificate Authority',
        description: 'PEM text of the certificates that are trusted, where it is none that Node trusts by itself.',
        maxLength: 30_000,
        pattern: '-----BEGIN CERTIFICATE-----',
        ui: { control: 'text-area' },
      }),
    ),
  },
  { additionalProperties: false },
);
export type PostgresSettings = Static<typeof postgresSettings>;

export const postgresSecrets = Type.Object(
  { password: Type.Optional(Type.String({ title: 'Password', minLength: 1, maxLength: 1000 })) },
  { additionalProperties: false },
);
export type PostgresSecrets = Static<typeof postgresSecrets>;

/** A connection as it came in a message. Errors: `CONNECTION_INVALID`. */
export const readPostgres = ({ settings, secrets }: Connection): Connection<PostgresSettings, PostgresSecrets> => {
  if (Value.Check(postgresSettings, settings) && Value.Check(postgresSecrets, secrets)) return { settings, secrets };
  throw new AppError('CONNECTION_INVALID', 'The settings are not those of a PostgreSQL connection.', {
    domain: 'internal',
  });
};
