import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticate, IdentifiedCall } from '../../auth/authenticate.ts';
import { type Caller, isInstallationAdministrator, maySomewhere, roleIn } from '../../auth/caller.ts';
import { type Permission, roleMay } from '../../auth/permissions.ts';
import type { ApiInstance } from './api-instance.ts';
import { ApiError } from './error-handler.ts';
import { rawBodyOf } from './raw-body.ts';

const callers = new WeakMap<FastifyRequest, Caller>();
const organizations = new WeakMap<FastifyRequest, string>();

/** Whose business a request turned out to be; undefined until `requireOrganizationAccess` was asked. */
export const organizationOf = (request: FastifyRequest): string | undefined => organizations.get(request);

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
    const call = { headers: request.headers, address: request.ip, method: request.method };
    identified.set(request, await authenticate(call));
    again.set(request, async () =>
      (await authenticate({ ...call, isUse: false })).confirm({
        rawQuery: rawQueryOf(request),
        rawBody: rawBodyOf(request),
      }),
    );
  });
};

const again = new WeakMap<FastifyRequest, () => Promise<Caller>>();

/**
 * Who sent a request that is answered for long, by what holds now: the session may have ended meanwhile, a role may be
 * another. Asking is no use of a session: it does not keep one from ending. Errors: those of `identifyCalls`.
 */
export const callerByNow = async (request: FastifyRequest): Promise<Caller> => {
  const ask = again.get(request);
  if (ask === undefined) throw new Error(`${request.method} ${request.url} was not identified`);
  return ask();
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

/** What a route asks of its callers; `public` and `run-token` routes see to it themselves. */
export type RoutePermission = Permission | 'public' | 'run-token';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it. */
    permission?: RoutePermission;
  }
}

/**
 * Refuses calls without good credentials, and those whose caller nowhere has the permission the route declares: tokens
 * before the body is read, signatures and permissions before it is looked at.
 */
export const authenticateCalls = (app: ApiInstance, authenticate: Authenticate): void => {
  identifyCalls(app as unknown as FastifyInstance, authenticate);
  void app.addHook('preValidation', async (request) => {
    const caller = await confirmCaller(request, rawBodyOf(request));
    callers.set(request, caller);
    const permission = permissionOf(request);
    if (maySomewhere(caller, permission)) return;
    if (permission === 'installation.manage') throw adminRequired();
    throw roleForbids(permission);
  });
};

/** What the route of a request declares. A route without is a mistake of ours, and open to nobody. */
const permissionOf = (request: FastifyRequest): Permission => {
  const { permission } = request.routeOptions.config;
  if (permission === undefined || permission === 'public' || permission === 'run-token')
    throw new Error(`${request.method} ${request.routeOptions.url} declares no permission`);
  return permission;
};

const roleForbids = (permission: Permission): ApiError =>
  new ApiError(403, 'ROLE_FORBIDS', `Your role does not include "${permission}".`, { permission });

const adminRequired = (): ApiError =>
  new ApiError(403, 'ADMIN_REQUIRED', 'This needs the admin token, or a user who administers the installation.');

/** The caller, who administers the installation: routes that declare `installation.manage`. */
export const requireAdmin = (request: FastifyRequest): Caller => {
  const caller = callerOf(request);
  if (!isInstallationAdministrator(caller)) throw adminRequired();
  return caller;
};

/** Refuses a caller whose role in the organisation does not include a permission that the route alone does not ask for. */
export const requirePermission = (request: FastifyRequest, orgId: string, permission: Permission): void => {
  const role = roleIn(callerOf(request), orgId);
  if (role === undefined || !roleMay(role, permission)) throw roleForbids(permission);
};

/**
 * The caller, who has the route's permission in the organisation. A foreign organisation looks like one that does not
 * exist. Errors: `ORGANIZATION_UNKNOWN`, `ROLE_FORBIDS`.
 */
export const requireOrganizationAccess = (request: FastifyRequest, orgId: string): Caller => {
  const caller = callerOf(request);
  const role = roleIn(caller, orgId);
  if (role === undefined) throw new ApiError(404, 'ORGANIZATION_UNKNOWN', `There is no organisation "${orgId}".`);
  const permission = permissionOf(request);
  if (permission !== 'installation.manage' && !roleMay(role, permission)) throw roleForbids(permission);
  organizations.set(request, orgId);
  return caller;
};
