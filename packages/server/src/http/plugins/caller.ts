import { GatewayCode } from '@penstock/model';
import type { FastifyRequest } from 'fastify';
import { type Authenticate, type Caller, UnauthenticatedError } from '../../auth/authenticate.ts';
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

/** Refuses calls without good credentials; those without any before their body is read. */
export const authenticateCalls = (app: ApiInstance, authenticate: Authenticate): void => {
  void app.addHook('onRequest', async (request) => {
    const { headers } = request;
    if (headers.authorization === undefined && headers['apim-accesstoken'] === undefined) {
      throw new UnauthenticatedError(
        GatewayCode.ParamEmpty,
        'Credentials are missing: send "Authorization: Bearer" with the admin token or an access token.',
      );
    }
  });
  void app.addHook('preValidation', async (request) => {
    const mark = request.url.indexOf('?');
    const rawQuery = mark < 0 ? '' : request.url.slice(mark + 1);
    callers.set(request, await authenticate({ headers: request.headers, rawQuery, rawBody: rawBodyOf(request) }));
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
