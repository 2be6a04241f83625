import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate, CallCredentials } from '../../auth/authenticate.ts';
import { isSameText, sha256Hex } from '../../auth/seal.ts';
import { PENDING_MS } from '../../people/oidc/pending-sign-ins.ts';
import type { PeopleDeps } from '../../people/people.ts';
import { findSession, type OpenedSession } from '../../people/sessions.ts';
import { isLoopbackName } from '../../settings/networks.ts';
import { ApiError } from './error-handler.ts';

/**
 * The cookie of a session. Off loopback it is `Secure`, and has the prefix that keeps neighbours under the same domain
 * from setting it; on loopback there is no TLS, and browsers take neither.
 */
const SECURE_NAME = '__Host-penstock';
const LOOPBACK_NAME = 'penstock';
const TOKEN = /^[\w-]{43}$/;

/** What a page sends along with what changes something: other sites' pages cannot know it. */
export const CSRF_HEADER = 'x-csrf-token';
/** Made from the session's token, which no page can read, and tells nothing about it. */
export const csrfTokenOf = (token: string): string => sha256Hex(`csrf ${token}`);

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a browser reaches this service without TLS on its own machine. */
const isPlain = (request: FastifyRequest): boolean => isLoopbackName(request.hostname);

/** The token in the cookie of a request, if there is one. */
export const sessionTokenOf = (headers: CallCredentials['headers']): string | undefined => {
  const { cookie } = headers;
  if (typeof cookie !== 'string') return undefined;
  const cookies = fastifyCookie.parse(cookie);
  const token = cookies[SECURE_NAME] ?? cookies[LOOPBACK_NAME];
  return token !== undefined && TOKEN.test(token) ? token : undefined;
};

/** Has the browser keep a session. */
export const setSessionCookie = (
  request: FastifyRequest,
  reply: FastifyReply,
  { token, expiresAt }: Pick<OpenedSession, 'token' | 'expiresAt'>,
): void => {
  void reply.setCookie(isPlain(request) ? LOOPBACK_NAME : SECURE_NAME, token, {
    ...attributes(request),
    expires: new Date(expiresAt),
  });
};

export const clearSessionCookie = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply.clearCookie(isPlain(request) ? LOOPBACK_NAME : SECURE_NAME, attributes(request));
};

/** Keeps what a browser has under way at the provider, as text that only this service can read; absent: nothing. */
export const setPendingCookie = (request: FastifyRequest, reply: FastifyReply, kept: string | undefined): void => {
  const name = pendingName(request);
  if (kept === undefined) void reply.clearCookie(name, attributes(request));
  else void reply.setCookie(name, kept, { ...attributes(request), maxAge: PENDING_MS / 1000 });
};

export const pendingCookieOf = (request: FastifyRequest): string | undefined => request.cookies[pendingName(request)];

const pendingName = (request: FastifyRequest): string => `${isPlain(request) ? LOOPBACK_NAME : SECURE_NAME}-sign-in`;

const attributes = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: !isPlain(request) }) as const;

/**
 * Finds out who calls `/api/v1`: by credentials in headers as everywhere, else by the cookie of a session. What changes
 * something needs the session's CSRF token as well. Errors: those of `authenticate`; `CSRF_TOKEN_WRONG`.
 */
export const withSessions =
  (authenticate: Authenticate, people: PeopleDeps): Authenticate =>
  async (call) => {
    const isByHeader = call.headers.authorization !== undefined || call.headers['apim-accesstoken'] !== undefined;
    const token = isByHeader ? undefined : sessionTokenOf(call.headers);
    const caller = token === undefined ? undefined : await findSession(people, token, { isUse: call.isUse });
    if (token === undefined || caller === undefined) return authenticate(call);
    const csrf = call.headers[CSRF_HEADER];
    if (!SAFE.has(call.method) && !(typeof csrf === 'string' && isSameText(csrf, csrfTokenOf(token))))
      throw new ApiError(
        403,
        'CSRF_TOKEN_WRONG',
        `Send the session's csrfToken (GET /api/v1/session) in the header ${CSRF_HEADER}.`,
      );
    return { confirm: async () => caller };
  };
