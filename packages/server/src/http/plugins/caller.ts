import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticate, Caller, IdentifiedCall } from '../../auth/authenticate.ts';
import type { ApiInstance } from './api-instance.ts';
import { ApiError } from './error-handler.ts';
import { rawBodyOf } from './raw-body.ts';

const callers = new WeakMap<FastifyRequest, Caller>();

/** Who sent this request. Only within routes behind `authenticateCalls`. */
export const callerOf = (request: FastifyRequest): Caller => {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error(`${request.method} ${request.url} was not authenticated`);
  return caller;
};

const identified = new WeakMap<FastifyRequest, IdentifiedCall>();

/**
 * Finds out who sent a request of this scope before its body is read: strangers are sent away with nothing but their
 * headers looked at. Errors: `GatewayError`.
 */
export const identifyCalls = (scope: FastifyInstance, authenticate: Authenticate): void => {
  scope.addHook('onRequest', async (request) => {
    identified.set(request, await authenticate({ headers: request.headers }));
  });
};

/** Who sent this request, its signature checked as well where it has one. Only behind `identifyCalls`. */
export const confirmCaller = async (request: FastifyRequest, rawBody: Buffer): Promise<Caller> => {
  const call = identified.get(request);
  if (call === undefined) throw new Error(`${request.method} ${request.url} was not identified`);
  return call.confirm({ rawQuery: rawQueryOf(request), rawBody });
};

/** The query as sent, without the question mark. */
export const rawQueryOf = (request: FastifyRequest): string => {
  const url = request.raw.url ?? '';
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
};

/** Refuses calls without good credentials: tokens before the body is read, signatures before it is looked at. */
export const authenticateCalls = (app: ApiInstance, authenticate: Authenticate): void => {
  identifyCalls(app as unknown as FastifyInstance, authenticate);
  void app.addHook('preValidation', async (request) => {
    callers.set(request, await confirmCaller(request, rawBodyOf(request)));
  });
};

/** Throws unless the caller is the administrator. */
export const requireAdmin = (request: FastifyRequest): Caller => {
  const caller = callerOf(request);
  if (caller.kind !== 'admin') throw new ApiError(403, 'ADMIN_REQUIRED', 'This needs the admin token.');
  return caller;
};

/** Throws unless the caller may act for the organisation; a foreign one looks like one that does not exist. */
export const requireOrganizationAccess = (request: FastifyRequest, orgId: string): Caller => {
  const caller = callerOf(request);
  if (caller.kind === 'organization' && caller.orgId !== orgId) {
    throw new ApiError(404, 'ORGANIZATION_UNKNOWN', `There is no organisation "${orgId}".`);
  }
  return caller;
};
