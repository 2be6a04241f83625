import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { unlinkProvider } from '../../../people/oidc/unlink.ts';
import type { PeopleDeps } from '../../../people/people.ts';
import { endSessions } from '../../../people/sessions.ts';
import { createSignInLink } from '../../../people/sign-in-links.ts';
import { changeUser, createUser, deleteUser, findUser, listUsers, viewOf } from '../../../people/users.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireAdmin } from '../../plugins/caller.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, pageOf, pageQuery, responses, text, time } from '../../plugins/schemas.ts';

const base = { tags: ['People'], security: bearer };
const nothing = Type.Null({ description: 'Done.' });
const userSchema = nameSchema(
  'User',
  Type.Object({
    userId: Type.String(),
    email: Type.String(),
    name: Type.String(),
    isAdministrator: Type.Boolean({ description: 'Of the whole installation.' }),
    hasPassword: Type.Boolean(),
    disabledAt: nullable(time('Cannot sign in since then')),
    lastSignInAt: nullable(time('Last sign-in')),
    createdAt: time('Creation'),
  }),
);
const userParams = Type.Object({ userId: Type.String({ minLength: 1, maxLength: 64 }) });
const password = Type.String({ maxLength: 1000 });
const MAX_LINK_HOURS = 168;

/** Users of the installation; for its administrators. */
export const registerUserRoutes = (app: ApiInstance, deps: PeopleDeps): void => {
  registerUsers(app, deps);
  registerWaysIn(app, deps);
};

const registerUsers = (app: ApiInstance, deps: PeopleDeps): void => {
  void app.get(
    '/users',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'List users by e-mail address (admin)',
        querystring: pageQuery,
        response: responses({ 200: pageOf(userSchema) }),
      },
    },
    async (request) => {
      requireAdmin(request);
      const { limit, cursor } = request.query;
      const after = decodeCursor(cursor, (value) => (typeof value === 'string' ? value : undefined));
      const { items, total } = await listUsers(deps, { limit, after });
      const last = items.at(-1);
      return {
        items: [...items],
        total,
        nextCursor: items.length === limit && last !== undefined ? encodeCursor(last.email) : null,
      };
    },
  );
  void app.post(
    '/users',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Create a user (admin); without a password they come in by a link or through the provider',
        body: Type.Object(
          {
            email: Type.String({ maxLength: 254 }),
            name: Type.Optional(Type.String({ maxLength: 200 })),
            password: Type.Optional(password),
            isAdministrator: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
        response: responses({ 201: userSchema }, 409),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireAdmin(request));
      return reply.code(201).send(await createUser(deps, { ...request.body, actor }));
    },
  );
  void app.get(
    '/users/:userId',
    {
      config: { permission: 'installation.manage' },
      schema: { ...base, summary: 'A user (admin)', params: userParams, response: responses({ 200: userSchema }) },
    },
    async (request) => {
      requireAdmin(request);
      return viewOf(await findUser(deps.store.db, request.params.userId));
    },
  );
  void app.patch(
    '/users/:userId',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Change a user (admin); a new password and being disabled end all sessions of theirs',
        params: userParams,
        body: Type.Object(
          {
            name: Type.Optional(Type.String({ maxLength: 200 })),
            password: Type.Optional(password),
            isAdministrator: Type.Optional(Type.Boolean()),
            isDisabled: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
        response: responses({ 200: userSchema }, 409),
      },
    },
    async (request) => {
      const actor = actorOf(requireAdmin(request));
      return changeUser(deps, { ...request.body, userId: request.params.userId, actor });
    },
  );
  void app.delete(
    '/users/:userId',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Delete a user, with sessions and memberships (admin)',
        params: userParams,
        response: responses({ 204: nothing }, 409),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireAdmin(request));
      await deleteUser(deps, { userId: request.params.userId, actor });
      return reply.code(204).send(null);
    },
  );
};

const registerWaysIn = (app: ApiInstance, deps: PeopleDeps): void => {
  void app.post(
    '/sign-in-links',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Make a link that signs a user in once (admin)',
        description:
          'Without an e-mail address it is for the first administrator, who is made where there is no user at all.',
        body: Type.Object(
          {
            email: Type.Optional(Type.String({ maxLength: 254 })),
            hours: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LINK_HOURS, default: 1 })),
          },
          { additionalProperties: false },
        ),
        response: responses({
          201: Type.Object({
            path: text('To be put behind the address of the service.'),
            userId: Type.String(),
            email: Type.String(),
            expiresAt: time('Good for nothing from then on'),
          }),
        }),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireAdmin(request));
      const { email, hours = 1 } = request.body;
      const { token, ...link } = await createSignInLink(deps, { email, forMs: hours * 3600_000, actor });
      return reply.code(201).send({ ...link, path: `/api/v1/session/link?token=${token}` });
    },
  );
  void app.delete(
    '/users/:userId/sessions',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'End all sessions of a user (admin)',
        params: userParams,
        response: responses({ 200: Type.Object({ ended: Type.Integer() }) }),
      },
    },
    async (request) => {
      const actor = actorOf(requireAdmin(request));
      const { userId } = await findUser(deps.store.db, request.params.userId);
      return { ended: await endSessions(deps, { userId, but: undefined, actor }) };
    },
  );
  void app.delete(
    '/users/:userId/identities',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Forget who a user is at the OpenID provider (admin)',
        description: 'Sessions begun there end. Whoever signs in there next with the address of the user is them.',
        params: userParams,
        response: responses({ 200: Type.Object({ forgotten: Type.Integer() }) }),
      },
    },
    async (request) => {
      const actor = actorOf(requireAdmin(request));
      return { forgotten: await unlinkProvider(deps, { userId: request.params.userId, actor }) };
    },
  );
};
