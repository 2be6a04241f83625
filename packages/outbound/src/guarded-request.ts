import { lookup as lookUp } from 'node:dns';
import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '@penstock/model';
import type { AddressRules } from './address-rules.ts';

export interface GuardedRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface GuardedRequestOptions {
  readonly rules: AddressRules;
  /** Ends the request; it then rejects with the reason. */
  readonly signal: AbortSignal;
  readonly maxAnswerBytes: number;
  /** Whose connections are used again; undefined: a connection of its own. Its connections keep to the same rules. */
  readonly agentFor?: ((protocol: 'http:' | 'https:') => Agent) | undefined;
  /** Replaced in tests. */
  readonly lookup?: typeof lookUp | undefined;
}

export interface GuardedAnswer {
  readonly status: number;
  /** By lower-case name; of several with one name they are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** It was longer than it may be; the connection was closed then, and the body is what came before. */
  readonly isCut: boolean;
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

const MAX_HEADER_BYTES = 16_384;

/**
 * Makes a request to an address that somebody else has named. The address is checked when it is connected to, so that a
 * name that changes its mind gains nothing; redirects are answers like others. Errors: `OUTBOUND_URL_INVALID`,
 * `OUTBOUND_ADDRESS_REFUSED`, `OUTBOUND_REQUEST_INVALID`, `OUTBOUND_UNREACHABLE`, and the signal's reason.
 */
export const requestGuarded = async (
  { method, url: text, headers, body }: GuardedRequest,
  { rules, signal, maxAnswerBytes, agentFor, lookup = lookUp }: GuardedRequestOptions,
): Promise<GuardedAnswer> => {
  signal.throwIfAborted();
  const url = outboundUrl(text);
  // Addresses as they are never get looked up.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !rules.allows(host)) throw addressRefused();
  const request = begin(() =>
    (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      agent: agentFor?.(url.protocol === 'https:' ? 'https:' : 'http:') ?? false,
      lookup: guardedLookup(rules, lookup),
      maxHeaderSize: MAX_HEADER_BYTES,
    }),
  );
  const stop = (): void => {
    request.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await answerTo(request, body, maxAnswerBytes);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unreachable(error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

const begin = (make: () => ClientRequest): ClientRequest => {
  try {
    return make();
  } catch (error) {
    const cause = causeOf(error);
    throw new AppError('OUTBOUND_REQUEST_INVALID', `The request cannot be made (${cause}).`, {
      domain: 'user',
      params: { cause },
    });
  }
};

const answerTo = (request: ClientRequest, body: string | undefined, maxBytes: number): Promise<GuardedAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<GuardedAnswer>();
  request.on('error', reject);
  request.on('close', () => reject(new Error('The connection was closed before there was an answer.')));
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (isCut: boolean): void =>
      resolve({
        status: response.statusCode ?? 0,
        headers: headersOf(response),
        body: Buffer.concat(chunks).subarray(0, maxBytes),
        isCut,
      });
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      done(true);
      request.destroy();
    });
    response.on('end', () => (response.complete ? done(false) : reject(new Error('The answer was cut off.'))));
    response.on('error', reject);
  });
  request.end(body);
  return promise;
};

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [name, typeof value === 'string' ? value : value.join(', ')]),
  );

const causeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';

const unreachable = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  const cause = causeOf(error);
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
