import { AppError } from '@penstock/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  beginAtProvider,
  completeAtProvider,
  type ProviderSignInDeps,
  signOutAtProvider,
  takePending,
} from '../../../people/oidc/sign-in-at-provider.ts';
import { isLoopbackName } from '../../../settings/networks.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { rawQueryOf } from '../../plugins/caller.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { firstPage, isForPage, problemPage } from '../../plugins/pages.ts';
import { nullable, responses, text } from '../../plugins/schemas.ts';
import { pendingCookieOf, setPendingCookie, setSessionCookie } from '../../plugins/session-cookie.ts';
import { originOf, type SessionRouteDeps, SIGN_OUT_PATH } from './session-routes.ts';

const BEGIN_PATH = '/api/v1/session/oidc';
const CALLBACK_PATH = '/api/v1/session/oidc/callback';

const base = { tags: ['People'] };
const config = { permission: 'public' } as const;
const elsewhere = Type.Null({ description: 'Never: the answer is 303.' });
const ways = nameSchema(
  'WaysToSignIn',
  Type.Object({
    passwords: Type.Boolean({ description: 'With e-mail address and password (`POST /api/v1/session`).' }),
    provider: nullable(
      Type.Object({
        name: text('What to call it.'),
        path: text('Where a browser goes to sign in there; with `returnTo`, a path to come back to.'),
      }),
    ),
  }),
);

/** Signing in at the OpenID provider: addresses that browsers are sent to. */
export const registerProviderRoutes = (app: ApiInstance, deps: SessionRouteDeps): void => {
  void app.get(
    '/session/ways',
    { config, schema: { ...base, summary: 'How people can sign in here', response: responses({ 200: ways }) } },
    async () => ({
      passwords: deps.passwords,
      provider: deps.provider === undefined ? null : { name: deps.provider.settings.name, path: BEGIN_PATH },
    }),
  );
  void app.get(
    '/session/oidc',
    {
      config,
      exposeHeadRoute: false,
      schema: {
        ...base,
        summary: 'Go to the OpenID provider to sign in',
        querystring: Type.Object({
          returnTo: Type.Optional(text('A path of this service; anything else is left out.')),
        }),
        response: responses({ 200: elsewhere }, 503),
      },
    },
    async (request, reply) => {
      try {
        const { location, kept } = await beginAtProvider(providerOf(deps), {
          redirectUri: `${ownAddress(request)}${CALLBACK_PATH}`,
          returnTo: request.query.returnTo,
          kept: pendingCookieOf(request),
        });
        setPendingCookie(request, reply, kept);
        return reply.redirect(location, 303) as never;
      } catch (error) {
        return refuse(app, request, reply, error);
      }
    },
  );
  registerWayBack(app, deps);
  registerSignOut(app, deps);
};

const registerWayBack = (app: ApiInstance, deps: SessionRouteDeps): void => {
  void app.get(
    '/session/oidc/callback',
    {
      config,
      exposeHeadRoute: false,
      schema: {
        ...base,
        summary: 'Where the OpenID provider sends browsers back to; the session is in a cookie',
        response: responses({ 200: elsewhere }, 429, 503),
      },
    },
    async (request, reply) => {
      try {
        const known = providerOf(deps);
        const query = rawQueryOf(request);
        const state = new URLSearchParams(query).get('state');
        const { pending, rest } = takePending(known, { state, kept: pendingCookieOf(request) });
        setPendingCookie(request, reply, rest);
        const session = await completeAtProvider(known, { pending, query, origin: originOf(request) });
        setSessionCookie(request, reply, session);
        return reply.redirect(pending.returnTo === '/' ? firstPage(app) : pending.returnTo, 303) as never;
      } catch (error) {
        return refuse(app, request, reply, error);
      }
    },
  );
};

const registerSignOut = (app: ApiInstance, deps: SessionRouteDeps): void => {
  void app.get(
    SIGN_OUT_PATH.replace('/api/v1', ''),
    {
      config,
      exposeHeadRoute: false,
      schema: {
        ...base,
        summary: 'Go to the OpenID provider to be signed out there too',
        description: 'After `DELETE /api/v1/session`. The provider asks whether to.',
        response: responses({ 200: elsewhere }, 503),
      },
    },
    async (request, reply) => {
      try {
        const back = `${ownAddress(request)}/sign-in`;
        const location = await signOutAtProvider(providerOf(deps), back);
        return reply.redirect(location ?? firstPage(app), 303) as never;
      } catch (error) {
        return refuse(app, request, reply, error);
      }
    },
  );
};

/** Errors: `OIDC_NOT_CONFIGURED`. */
const providerOf = (deps: SessionRouteDeps): ProviderSignInDeps => {
  const { provider } = deps;
  if (provider === undefined)
    throw new ApiError(404, 'OIDC_NOT_CONFIGURED', 'This service knows no OpenID provider (PENSTOCK_OIDC_ISSUER).');
  return { ...deps, provider };
};

/** How browsers reach this service: over TLS, unless they are on its own machine. Errors: `HOST_UNKNOWN`. */
const ownAddress = (request: FastifyRequest): string => {
  const address = `${isLoopbackName(request.hostname) ? request.protocol : 'https'}://${request.host}`;
  // A host that is more than a host and a port would lead elsewhere.
  if (!URL.canParse(address) || /[/@?#\\]/.test(request.host))
    throw new ApiError(421, 'HOST_UNKNOWN', 'This service does not go by the name it was called.');
  return address;
};

/** All others are 403: the provider was asked, and they are not let in. */
const STATUS_OF: Readonly<Record<string, number>> = {
  OIDC_STATE_WRONG: 400,
  OIDC_TOKEN_INVALID: 401,
  OIDC_AUDIENCE_WRONG: 401,
  OIDC_CLOCK_SKEW: 401,
};

/** Tells a browser on the page to sign in on, and a program in a problem. Why the provider was not believed is logged. */
const refuse = (app: ApiInstance, request: FastifyRequest, reply: FastifyReply, error: unknown): never => {
  if (!(error instanceof AppError)) throw error;
  const { code, message, domain, params } = error;
  if (code.startsWith('OIDC_') && domain === 'user' && code !== 'OIDC_NOT_CONFIGURED')
    request.log.warn({ err: error, ...params }, 'a sign-in at the provider was refused');
  if (isForPage(app, request)) return reply.redirect(problemPage(code), 303) as never;
  if (domain === 'user' && code.startsWith('OIDC_') && !(error instanceof ApiError))
    throw new ApiError(STATUS_OF[code] ?? 403, code, message);
  throw error;
};
