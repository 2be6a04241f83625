import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { listMembers, removeMember, setMember } from '../../../people/members.ts';
import type { PeopleDeps } from '../../../people/people.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, orgParams, pageOf, pageQuery, responses, roleSchema, time } from '../../plugins/schemas.ts';

const base = { tags: ['People'], security: bearer };
const memberSchema = nameSchema(
  'Member',
  Type.Object({
    userId: Type.String(),
    email: Type.String(),
    name: Type.String(),
    role: roleSchema,
    source: Type.Union([Type.Literal('local'), Type.Literal('oidc')], {
      description: '`oidc`: as the provider says at each sign-in.',
    }),
    isDisabled: Type.Boolean({ description: 'Cannot sign in.' }),
    since: time('Member since'),
  }),
);

/** Who may do what in an organisation; for its administrators. */
export const registerMemberRoutes = (app: ApiInstance, deps: PeopleDeps): void => {
  void app.get(
    '/organizations/:orgId/members',
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Members of an organisation, by e-mail address',
        params: orgParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(memberSchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      return pageOfArray(await listMembers(deps, orgId), request.query);
    },
  );
  void app.put(
    '/organizations/:orgId/members',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Make a user a member, or change what a member may do',
        params: orgParams,
        body: Type.Object(
          { email: Type.String({ maxLength: 254 }), role: roleSchema },
          { additionalProperties: false },
        ),
        response: responses({ 204: Type.Null({ description: 'Done.' }) }),
      },
    },
    async (request, reply) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await setMember(deps, { ...request.body, orgId, actor });
      return reply.code(204).send(null);
    },
  );
  void app.delete(
    '/organizations/:orgId/members/:userId',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'End a membership',
        params: Type.Object({ ...orgParams.properties, userId: Type.String({ minLength: 1, maxLength: 64 }) }),
        response: responses({ 204: Type.Null({ description: 'Done.' }) }),
      },
    },
    async (request, reply) => {
      const { orgId, userId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await removeMember(deps, { orgId, userId, actor });
      return reply.code(204).send(null);
    },
  );
};
