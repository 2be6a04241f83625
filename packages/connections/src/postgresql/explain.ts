import { AppError } from '@penstock/model';
import pg from 'pg';

/** What somebody has to mend, and what may pass by itself. */
const refused = (code: string, message: string, params: Readonly<Record<string, string>> = {}): AppError =>
  new AppError(code, message, { domain: 'user', params });
const away = (code: string, message: string, params: Readonly<Record<string, string>> = {}): AppError =>
  new AppError(code, message, { domain: 'external', retryable: true, params });

/**
 * What kept a PostgreSQL from being connected to, in words of ours: whoever is at the other end may say anything, and
 * it becomes the reason of a run. Errors that are ours already are given back.
 */
export const explainPostgres = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  if (error instanceof pg.DatabaseError) return explainState(stateOf(error));
  const cause = causeOf(error);
  const known = CAUSES[cause]?.();
  if (known !== undefined) return known;
  if (cause.startsWith('ERR_TLS') || cause.startsWith('ERR_SSL') || CERTIFICATE.test(cause))
    return refused(
      'CONNECTION_CERTIFICATE_REFUSED',
      `The certificate of the server cannot be trusted (${cause}). Give the certificate authority as "ca", or look at the host.`,
      { cause },
    );
  return explainText(error, cause);
};

const unreachable = (why: string, cause: string): AppError =>
  away('CONNECTION_UNREACHABLE', `The server cannot be reached: ${why} (${cause}).`, { cause });

/** Node's own words for what became of a connection. */
const CAUSES: Readonly<Record<string, () => AppError>> = {
  ENOTFOUND: () => away('CONNECTION_HOST_UNKNOWN', 'The name of the host is not known.', { cause: 'ENOTFOUND' }),
  EAI_AGAIN: () =>
    away('CONNECTION_HOST_UNKNOWN', 'The name of the host cannot be looked up now.', { cause: 'EAI_AGAIN' }),
  ECONNREFUSED: () => unreachable('nothing listens at this host and port', 'ECONNREFUSED'),
  ECONNRESET: () => unreachable('the connection was cut off', 'ECONNRESET'),
  EPIPE: () => unreachable('the connection was cut off', 'EPIPE'),
  ETIMEDOUT: () => unreachable('there is no answer', 'ETIMEDOUT'),
  EHOSTUNREACH: () => unreachable('there is no way to the host', 'EHOSTUNREACH'),
  ENETUNREACH: () => unreachable('there is no way to its network', 'ENETUNREACH'),
  ERR_TLS_CERT_ALTNAME_INVALID: () =>
    refused(
      'CONNECTION_CERTIFICATE_REFUSED',
      'The certificate of the server is for another name than the host. Give the name it is for, or choose TLS "verify-ca".',
      { cause: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    ),
};

const CERTIFICATE = /CERT|SIGNED|SIGNATURE|ISSUER|CRL/;

/** What the library says by a text alone. */
const explainText = (error: unknown, cause: string): AppError => {
  const text = error instanceof Error ? error.message : '';
  if (/does not support SSL/.test(text))
    return refused(
      'CONNECTION_NOT_ENCRYPTED',
      'The server offers no TLS. Have it do so, or choose TLS "disable" where the way to it is safe.',
    );
  if (/establishing an SSL|sends more than|message (?:type|code)|Received unexpected/i.test(text))
    return refused('CONNECTION_NOT_POSTGRESQL', 'What answers there is no PostgreSQL.');
  if (/SASL|SCRAM|password/i.test(text))
    return refused(
      'CONNECTION_CREDENTIALS_REFUSED',
      'The server and the password do not go together: it is missing, or the server cannot prove that it knows it.',
    );
  if (/timeout/i.test(text)) return away('CONNECTION_TIMEOUT', 'There was no answer in time.');
  return unreachable('the connection ended', cause);
};

/** The class of an SQLSTATE says what to do about it. */
const explainState = (sqlState: string): AppError => {
  const params = { sqlState };
  const shown = `(SQLSTATE ${sqlState})`;
  if (sqlState === '3D000') return refused('CONNECTION_DATABASE_UNKNOWN', 'The server has no such database.', params);
  if (sqlState.startsWith('28'))
    return refused(
      'CONNECTION_CREDENTIALS_REFUSED',
      `The server does not let this user in ${shown}: user or password are wrong, or it lets nobody in from here or without TLS.`,
      params,
    );
  if (sqlState.startsWith('42'))
    return refused('CONNECTION_FORBIDDEN', `The user may not do that there, or it does not exist ${shown}.`, params);
  if (/^(08|53|57|58|40)/.test(sqlState) || sqlState === '25006')
    return away('CONNECTION_BUSY', `The server cannot do that now ${shown}.`, params);
  return refused('CONNECTION_REFUSED', `The server refuses ${shown}.`, params);
};

/** What the server says of a statement it does not do, in its own words; undefined for everything else. */
export const refusalOf = (error: unknown): { readonly sqlState: string; readonly message: string } | undefined =>
  error instanceof pg.DatabaseError ? { sqlState: stateOf(error), message: error.message } : undefined;

/** Five letters and digits, whatever the other end says. */
const stateOf = ({ code }: { readonly code?: string | undefined }): string =>
  code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : 'XX000';

const causeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]{2,50}$/.test(code) ? code : 'unknown';
};
