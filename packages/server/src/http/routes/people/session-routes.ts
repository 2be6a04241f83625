import { AppError } from '@penstock/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { actorOf, type UserCaller } from '../../../auth/caller.ts';
import type { OidcProvider } from '../../../people/oidc/oidc-provider.ts';
import type { PeopleDeps } from '../../../people/people.ts';
import { endSession, endSessions, listSessions, type OpenedSession, type Origin } from '../../../people/sessions.ts';
import { changePassword, type SignInAttempts, signIn } from '../../../people/sign-in.ts';
import { signInByLink } from '../../../people/sign-in-links.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { callerOf } from '../../plugins/caller.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { firstPage, isForPage, problemPage } from '../../plugins/pages.ts';
import { bearer, nullable, responses, roleSchema, text, time } from '../../plugins/schemas.ts';
import { clearSessionCookie, csrfTokenOf, sessionTokenOf, setSessionCookie } from '../../plugins/session-cookie.ts';

export interface SessionRouteDeps extends PeopleDeps {
  readonly attempts: SignInAttempts;
  /** Whether people may sign in with a password. */
  readonly passwords: boolean;
  /** Where they may sign in beside here. */
  readonly provider?: OidcProvider | undefined;
}

/** Of the route that leads on to the provider's own sign-out. */
export const SIGN_OUT_PATH = '/api/v1/session/oidc/sign-out';

/** Credentials are in the body: an address and a password. */
export const SIGN_IN_BYTES = 4096;

const base = { tags: ['People'] };
const nothing = Type.Null({ description: 'Done.' });
const sessionSchema = nameSchema(
  'Session',
  Type.Object({
    sessionId: Type.String(),
    method: text('`password`, `link` or `oidc`.'),
    address: text('Where it was begun from.'),
    userAgent: Type.String(),
    createdAt: time('Beginning'),
    lastSeenAt: time('Last use, to the minute'),
    expiresAt: time('End, whatever happens'),
    isThis: Type.Boolean({ description: 'The session of this request.' }),
  }),
);
const signedIn = nameSchema(
  'SignedIn',
  Type.Object({
    userId: Type.String(),
    email: Type.String(),
    isAdministrator: Type.Boolean({ description: 'Of the whole installation.' }),
    roles: Type.Array(Type.Object({ orgId: Type.String(), role: roleSchema })),
    sessionId: Type.String(),
    csrfToken: text('To be sent as x-csrf-token with everything but GET.'),
    signOutPath: nullable(
      text(
        'Where a browser goes after signing out, to be signed out at the provider too; null where there is no need.',
      ),
    ),
  }),
);
const begun = nameSchema(
  'BegunSession',
  Type.Object({
    csrfToken: text('To be sent as x-csrf-token with everything but GET.'),
    expiresAt: time('End'),
  }),
);

export const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip,
  userAgent: request.headers['user-agent'] ?? '',
});

/** Signing in: routes for whom nobody knows yet. */
export const registerSignInRoutes = (app: ApiInstance, deps: SessionRouteDeps): void => {
  void app.post(
    '/session',
    {
      config: { permission: 'public' },
      bodyLimit: SIGN_IN_BYTES,
      schema: {
        ...base,
        summary: 'Sign in with e-mail address and password; the session is in a cookie',
        body: Type.Object({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 1000 }) }),
        response: responses({ 200: begun }, 429),
      },
    },
    async (request, reply) => {
      if (!deps.passwords) throw passwordsOff();
      const session = await signIn(deps, deps.attempts, { ...request.body, origin: originOf(request) }).catch(
        (error: unknown) => refuse(error, 401),
      );
      return begin(request, reply, session);
    },
  );
  void app.get(
    '/session/link',
    {
      config: { permission: 'public' },
      schema: {
        ...base,
        summary: 'Sign in by a link, which is good once, and go on to the console',
        querystring: Type.Object({ token: Type.String({ maxLength: 100 }) }),
        response: responses({ 200: Type.Null({ description: 'Never: the answer is 303.' }) }),
      },
    },
    async (request, reply) => {
      try {
        setSessionCookie(request, reply, await signInByLink(deps, request.query.token, originOf(request)));
      } catch (error) {
        if (error instanceof AppError && error.code === 'LINK_SPENT' && isForPage(app, request))
          return reply.redirect(problemPage(error.code), 303) as never;
        return refuse(error, 401);
      }
      return reply.redirect(firstPage(app), 303) as never;
    },
  );
};

export const begin = (request: FastifyRequest, reply: FastifyReply, session: OpenedSession) => {
  setSessionCookie(request, reply, session);
  return { csrfToken: csrfTokenOf(session.token), expiresAt: session.expiresAt };
};

const passwordsOff = (): ApiError =>
  new ApiError(403, 'PASSWORDS_OFF', 'Nobody signs in with a password here. Sign in at the provider.');

/** What is wrong with credentials, with the status of the route. */
const refuse = (error: unknown, status: 401 | 403): never => {
  if (error instanceof AppError && (error.code === 'CREDENTIALS_WRONG' || error.code === 'LINK_SPENT'))
    throw new ApiError(status, error.code, error.message);
  throw error;
};

/** The caller, who is signed in. Errors: `SESSION_NONE`. */
const requireUser = (request: FastifyRequest): UserCaller => {
  const caller = callerOf(request);
  if (caller.kind !== 'user')
    throw new ApiError(409, 'SESSION_NONE', 'This is about who is signed in; you call with a token or an access key.');
  return caller;
};

/** One's own session and the others of the same user. */
export const registerSessionRoutes = (app: ApiInstance, deps: SessionRouteDeps): void => {
  void app.get(
    '/session',
    {
      config: { permission: 'anyone' },
      schema: { ...base, security: bearer, summary: 'Who is signed in', response: responses({ 200: signedIn }, 409) },
    },
    async (request) => {
      const { userId, email, isAdministrator, sessionId, roles, method } = requireUser(request);
      const isElsewhereToo = method === 'oidc' && deps.provider?.signOutEndpoint() !== undefined;
      return {
        userId,
        email,
        isAdministrator,
        sessionId,
        roles: [...roles].map(([orgId, role]) => ({ orgId, role })),
        csrfToken: csrfTokenOf(sessionTokenOf(request.headers) ?? ''),
        signOutPath: isElsewhereToo ? SIGN_OUT_PATH : null,
      };
    },
  );
  void app.delete(
    '/session',
    {
      config: { permission: 'anyone' },
      schema: { ...base, security: bearer, summary: 'Sign out', response: responses({ 204: nothing }, 409) },
    },
    async (request, reply) => {
      const caller = requireUser(request);
      await endSession(deps, { ...caller, actor: actorOf(caller) });
      clearSessionCookie(request, reply);
      return reply.code(204).send(null);
    },
  );
  void app.put(
    '/session/password',
    {
      config: { permission: 'anyone' },
      bodyLimit: SIGN_IN_BYTES,
      schema: {
        ...base,
        security: bearer,
        summary: "Change one's password; all other sessions end",
        body: Type.Object({
          current: Type.Optional(
            Type.String({
              maxLength: 1000,
              description: 'Not needed where there is none, or after a sign-in by link.',
            }),
          ),
          password: Type.String({ maxLength: 1000 }),
        }),
        response: responses({ 204: nothing }, 409, 429),
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = requireUser(request);
      if (!deps.passwords) throw passwordsOff();
      const { current, password } = request.body;
      await changePassword(deps, deps.attempts, { userId, sessionId, current, password }).catch((error: unknown) =>
        refuse(error, 403),
      );
      return reply.code(204).send(null);
    },
  );
  registerSessionList(app, deps);
};

const registerSessionList = (app: ApiInstance, deps: SessionRouteDeps): void => {
  void app.get(
    '/sessions',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        security: bearer,
        summary: "One's sessions, last begun first",
        response: responses({ 200: Type.Object({ items: Type.Array(sessionSchema) }) }, 409),
      },
    },
    async (request) => {
      const { userId, sessionId } = requireUser(request);
      const items = await listSessions(deps, userId);
      return { items: items.map((session) => ({ ...session, isThis: session.sessionId === sessionId })) };
    },
  );
  void app.delete(
    '/sessions',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        security: bearer,
        summary: "End all of one's sessions but this one",
        response: responses({ 200: Type.Object({ ended: Type.Integer() }) }, 409),
      },
    },
    async (request) => {
      const caller = requireUser(request);
      return { ended: await endSessions(deps, { ...caller, but: caller.sessionId, actor: actorOf(caller) }) };
    },
  );
  void app.delete(
    '/sessions/:sessionId',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        security: bearer,
        summary: "End one of one's sessions",
        params: Type.Object({ sessionId: Type.String({ maxLength: 64 }) }),
        response: responses({ 204: nothing }, 409),
      },
    },
    async (request, reply) => {
      const caller = requireUser(request);
      await endSession(deps, { userId: caller.userId, sessionId: request.params.sessionId, actor: actorOf(caller) });
      return reply.code(204).send(null);
    },
  );
};
