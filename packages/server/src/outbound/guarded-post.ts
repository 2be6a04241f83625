import { lookup as lookUp } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '@penstock/model';
import type { AddressRules } from './address-rules.ts';

export interface GuardedPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface GuardOptions {
  readonly rules: AddressRules;
  /** For all of it: name, connection, request and answer. */
  readonly timeoutMs: number;
  /** An answer that is longer is cut off there; nobody reads it. */
  readonly maxAnswerBytes: number;
  /** Replaced in tests. */
  readonly lookup?: typeof lookUp;
}

const refused = (code: string, message: string): AppError => new AppError(code, message, { domain: 'user' });

/** A URL that may be called at all. Errors: `OUTBOUND_URL_INVALID`. */
export const outboundUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw refused('OUTBOUND_URL_INVALID', 'The address must be an http or https URL.');
  if (url.username !== '' || url.password !== '')
    throw refused('OUTBOUND_URL_INVALID', 'The address must not hold a user or a password.');
  return url;
};

const addressRefused = (): AppError =>
  refused(
    'OUTBOUND_ADDRESS_REFUSED',
    'The address is one of this machine or of a private network; PENSTOCK_OUTBOUND_NETWORKS can allow it.',
  );

/**
 * Sends a POST to an address that somebody else has named, and answers the status. The address is checked when it is
 * connected to, so that a name that changes its mind gains nothing; redirects are answers like others, and nothing of
 * an answer is kept. Errors: `OUTBOUND_URL_INVALID`, `OUTBOUND_ADDRESS_REFUSED`, `OUTBOUND_TIMEOUT`,
 * `OUTBOUND_UNREACHABLE`.
 */
export const postGuarded = async (
  { url: text, headers, body }: GuardedPost,
  options: GuardOptions,
): Promise<number> => {
  const url = outboundUrl(text);
  // Addresses as they are never get looked up.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !options.rules.allows(host)) throw addressRefused();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const signal = AbortSignal.timeout(options.timeoutMs);
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    // A connection of its own: nothing of one receiver waits for another.
    agent: false,
    lookup: guardedLookup(options.rules, options.lookup ?? lookUp),
    signal,
    maxHeaderSize: 16_384,
  });
  request.on('error', (error) => reject(signal.aborted ? timedOut(options.timeoutMs) : unreachable(error)));
  request.on('response', (response) => {
    let bytes = 0;
    const done = () => resolve(response.statusCode ?? 0);
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= options.maxAnswerBytes) return;
      done();
      request.destroy();
    });
    response.on('end', done);
    response.on('error', (error) => reject(signal.aborted ? timedOut(options.timeoutMs) : unreachable(error)));
  });
  request.end(body);
  return promise;
};

const timedOut = (timeoutMs: number): AppError =>
  new AppError('OUTBOUND_TIMEOUT', `There was no whole answer within ${timeoutMs / 1000} s.`, {
    domain: 'external',
    retryable: true,
  });

const unreachable = (error: Error): AppError => {
  if (error instanceof AppError) return error;
  const cause = 'code' in error ? String(error.code) : 'unknown';
  return new AppError('OUTBOUND_UNREACHABLE', `The address cannot be reached (${cause}).`, {
    domain: 'external',
    retryable: true,
    params: { cause },
  });
};

/** Looks a name up and gives the addresses that are allowed; where there is none, the connection is refused. */
const guardedLookup =
  (rules: AddressRules, lookup: typeof lookUp): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const allowed = addresses.filter(({ address }) => rules.allows(address));
      const [first] = allowed;
      if (first === undefined) return callback(addressRefused(), '', 0);
      if (options.all === true) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
