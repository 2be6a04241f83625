import { type CodeCatalogue, code } from '@penstock/model';

const SETTINGS = 'Correct the settings of the connection.';

/** Codes of what keeps a connection from being opened, and of what is to be known of its settings. */
export const CONNECTION_CODES = {
  CONNECTION_BUSY: code('reason', 'The server at the other end cannot do what is asked now; it is tried again.'),
  CONNECTION_CA_UNUSED: code('issue', 'A certificate authority is given, and no certificate is looked at.', SETTINGS),
  CONNECTION_CERTIFICATE_REFUSED: code(
    'reason',
    'The certificate of the server is not one that is trusted, or is for another host.',
    'Give its certificate authority as "ca", or the host it is for.',
  ),
  CONNECTION_CREDENTIALS_REFUSED: code(
    'reason',
    'The server does not let the user in.',
    'Give user and password anew.',
  ),
  CONNECTION_DATABASE_UNKNOWN: code('reason', 'The server has no database of that name.', SETTINGS),
  CONNECTION_FORBIDDEN: code(
    'reason',
    'The user may not do what is asked there, or it does not exist.',
    'Grant the rights, or correct the names.',
  ),
  CONNECTION_HOST_UNKNOWN: code('reason', 'The name of the host is not known, or cannot be looked up.', SETTINGS),
  CONNECTION_INVALID: code(
    'reason',
    'A run was given a connection that is none of its kind.',
    'Report it: this is a defect.',
  ),
  CONNECTION_NOT_ENCRYPTED: code('reason', 'TLS is asked for, and the server offers none.', SETTINGS),
  CONNECTION_NOT_POSTGRESQL: code('reason', 'What answers at the address is no PostgreSQL.', SETTINGS),
  CONNECTION_NOT_PROTECTED: code(
    'issue',
    'Others on the way can read along, or pretend to be the server.',
    'Choose TLS "verify-full".',
  ),
  CONNECTION_REFUSED: code('reason', 'The server refuses for a reason of its own.', 'Look at its log.'),
  CONNECTION_TIMEOUT: code(
    'reason',
    'There was no answer in time; it is tried again.',
    'Look at host, port and firewall.',
  ),
  CONNECTION_UNREACHABLE: code('reason', 'The server cannot be reached; it is tried again.', 'Look at host and port.'),
} as const satisfies CodeCatalogue;
