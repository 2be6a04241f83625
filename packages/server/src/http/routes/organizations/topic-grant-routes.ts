import { systemTopicsOf } from '@penstock/model';
import { topicGrantSchema } from '@penstock/model/messages';
import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { grantTopics, listTopicGrants, withdrawTopics } from '../../../organizations/topic-grants.ts';
import { readOwnTopics } from '../../../use-case/read-topic-grants.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireAdmin, requireOrganizationAccess } from '../../plugins/caller.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, orgParams, responses } from '../../plugins/schemas.ts';

const base = { tags: ['Organizations'], security: bearer };
const grant = nameSchema('TopicGrant', topicGrantSchema);
const list = Type.Object({ items: Type.Array(grant) });
const topics = Type.Object({
  items: Type.Array(
    nameSchema('Topic', Type.Object({ topic: Type.String(), read: Type.Boolean(), write: Type.Boolean() })),
  ),
});

/** Topics that an organisation may read or write: its own six, and others that it was granted. */
export const registerTopicGrantRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/organizations/:orgId/topics',
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Topics that pipelines of the organisation may name: its own, and those granted by name',
        description:
          'Its own are the six every organisation has, and those it has made. Those that are granted by a pattern with * are told by the grants alone.',
        params: orgParams,
        response: responses({ 200: topics }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      const made = await readOwnTopics(deps.store.db, orgId);
      const granted = await listTopicGrants(deps, orgId);
      const named = granted.filter(({ pattern }) => !pattern.includes('*') && !made.includes(pattern));
      return {
        items: [
          ...[...systemTopicsOf(orgId), ...made].map((topic) => ({ topic, read: true, write: true })),
          ...named.map(({ pattern, read, write }) => ({ topic: pattern, read, write })),
        ],
      };
    },
  );
  void app.get(
    '/organizations/:orgId/topic-grants',
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Topics beside its own six that the organisation may use',
        params: orgParams,
        response: responses({ 200: list }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      return { items: [...(await listTopicGrants(deps, orgId))] };
    },
  );
  void app.put(
    '/organizations/:orgId/topic-grants',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Grant topics by a pattern, or change what a grant is for (admin)',
        params: orgParams,
        body: topicGrantSchema,
        response: responses({ 200: list }),
      },
    },
    async (request) => {
      const actor = actorOf(requireAdmin(request));
      const { orgId } = request.params;
      await grantTopics(deps, { ...request.body, orgId, actor });
      return { items: [...(await listTopicGrants(deps, orgId))] };
    },
  );
  void app.delete(
    '/organizations/:orgId/topic-grants',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Withdraw the grant of a pattern (admin); runs under way keep what they were started with',
        params: orgParams,
        querystring: Type.Pick(topicGrantSchema, ['pattern']),
        response: responses({ 204: Type.Null({ description: 'Done.' }) }),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireAdmin(request));
      await withdrawTopics(deps, { orgId: request.params.orgId, pattern: request.query.pattern, actor });
      return reply.code(204).send(null);
    },
  );
};
