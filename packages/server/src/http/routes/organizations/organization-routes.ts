import { Type } from 'typebox';
import { actorOf } from '../../../auth/authenticate.ts';
import type { Seal } from '../../../auth/seal.ts';
import { createAccessKey, deleteAccessKey, listAccessKeys } from '../../../organizations/access-keys.ts';
import { type GrantResource, getGrants, setGrant, withdrawGrant } from '../../../organizations/grants.ts';
import {
  createOrganization,
  deleteOrganization,
  getOrganization,
  listOrganizations,
} from '../../../organizations/organizations.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireAdmin, requireOrganizationAccess } from '../../plugins/caller.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { bearer, nullable, orgParams, pageOf, pageQuery, responses, text, time } from '../../plugins/schemas.ts';

const organization = Type.Object({ orgId: Type.String(), name: Type.String(), createdAt: time('Creation') });
const accessKey = Type.Object({ accessKey: Type.String(), name: Type.String(), createdAt: time('Creation') });
const newAccessKey = Type.Object({ ...accessKey.properties, secretKey: text('Shown only here.') });
const grant = nullable(
  Type.Object(
    { granted: Type.Number(), used: Type.Number(), available: Type.Number() },
    { description: 'In CU; null where the resource was never granted.' },
  ),
);
const grants = Type.Object({ standalone: grant, clusterServer: grant, clusterYarn: grant });
const keyParams = Type.Object({ ...orgParams.properties, accessKey: Type.String({ minLength: 1, maxLength: 64 }) });
const grantParams = Type.Object({
  ...orgParams.properties,
  resource: Type.Union([Type.Literal('standalone'), Type.Literal('cluster-server'), Type.Literal('cluster-yarn')]),
});
const nothing = Type.Null({ description: 'Done.' });

export interface OrganizationRouteDeps extends UseCaseDeps {
  readonly seal: Seal;
  /** Creates the topics an organisation has, where they are missing. */
  readonly ensureTopics: (
    orgId: string,
    partitions?: number,
  ) => Promise<readonly { topic: string; created: boolean }[]>;
}

/** Organisations, their access keys, grants and topics. */
export const registerOrganizationRoutes = (app: ApiInstance, deps: OrganizationRouteDeps): void => {
  registerOrganizations(app, deps);
  registerAccessKeys(app, deps);
  registerGrants(app, deps);
};

const base = { tags: ['Organizations'], security: bearer };

const registerOrganizations = (app: ApiInstance, deps: OrganizationRouteDeps): void => {
  void app.post(
    '/organizations',
    {
      schema: {
        ...base,
        summary: 'Create an organisation (admin). Its topics are created as well when Kafka can be reached.',
        body: Type.Object(
          { orgId: Type.Optional(Type.String()), name: Type.String() },
          { additionalProperties: false },
        ),
        response: responses({ 201: organization }, 409),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireAdmin(request));
      const created = await createOrganization(deps, { ...request.body, actor });
      // Best effort: they can be created later by the route below, and a worker says which topic it misses.
      try {
        await deps.ensureTopics(created.orgId);
      } catch (error) {
        void request.log.warn({ err: error, orgId: created.orgId }, 'topics not created');
      }
      return reply.code(201).send(created);
    },
  );
  void app.get(
    '/organizations',
    {
      schema: {
        ...base,
        summary: 'List organisations (admin)',
        querystring: pageQuery,
        response: responses({ 200: pageOf(organization) }),
      },
    },
    async (request) => {
      requireAdmin(request);
      return pageOfArray(await listOrganizations(deps), request.query);
    },
  );
  void app.get(
    '/organizations/:orgId',
    {
      schema: {
        ...base,
        summary: 'Get an organisation',
        params: orgParams,
        response: responses({ 200: organization }),
      },
    },
    async (request) => {
      requireOrganizationAccess(request, request.params.orgId);
      return getOrganization(deps, request.params.orgId);
    },
  );
  void app.delete(
    '/organizations/:orgId',
    {
      schema: {
        ...base,
        summary: 'Delete an organisation (admin)',
        params: orgParams,
        response: responses({ 204: nothing }, 409),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireAdmin(request));
      await deleteOrganization(deps, { orgId: request.params.orgId, actor });
      return reply.code(204).send(null);
    },
  );
  void app.post(
    '/organizations/:orgId/topics',
    {
      schema: {
        ...base,
        summary: 'Create the topics of an organisation that are missing (admin)',
        params: orgParams,
        body: Type.Optional(Type.Object({ partitions: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) })),
        response: responses({ 200: Type.Array(Type.Object({ topic: Type.String(), created: Type.Boolean() })) }, 503),
      },
    },
    async (request) => {
      requireAdmin(request);
      const { orgId } = await getOrganization(deps, request.params.orgId);
      return [...(await deps.ensureTopics(orgId, request.body?.partitions))];
    },
  );
};

const registerAccessKeys = (app: ApiInstance, deps: OrganizationRouteDeps): void => {
  void app.post(
    '/organizations/:orgId/access-keys',
    {
      schema: {
        ...base,
        summary: 'Create an access key (admin); the secret is shown once',
        params: orgParams,
        body: Type.Optional(Type.Object({ name: Type.Optional(Type.String()) })),
        response: responses({ 201: newAccessKey }),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireAdmin(request));
      const { orgId } = request.params;
      return reply.code(201).send(await createAccessKey(deps, { orgId, name: request.body?.name, actor }));
    },
  );
  void app.get(
    '/organizations/:orgId/access-keys',
    {
      schema: {
        ...base,
        summary: 'List access keys, without secrets',
        params: orgParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(accessKey) }),
      },
    },
    async (request) => {
      requireOrganizationAccess(request, request.params.orgId);
      return pageOfArray(await listAccessKeys(deps, request.params.orgId), request.query);
    },
  );
  void app.delete(
    '/organizations/:orgId/access-keys/:accessKey',
    { schema: { ...base, summary: 'Delete an access key', params: keyParams, response: responses({ 204: nothing }) } },
    async (request, reply) => {
      const actor = actorOf(requireOrganizationAccess(request, request.params.orgId));
      await deleteAccessKey(deps, { ...request.params, actor });
      return reply.code(204).send(null);
    },
  );
};

const registerGrants = (app: ApiInstance, deps: OrganizationRouteDeps): void => {
  void app.get(
    '/organizations/:orgId/grants',
    {
      schema: {
        ...base,
        summary: 'What the organisation may use, and uses',
        params: orgParams,
        response: responses({ 200: grants }),
      },
    },
    async (request) => {
      requireOrganizationAccess(request, request.params.orgId);
      return getGrants(deps, request.params.orgId);
    },
  );
  void app.put(
    '/organizations/:orgId/grants/:resource',
    {
      schema: {
        ...base,
        summary: 'Grant a resource, or change the grant (admin)',
        params: grantParams,
        body: Type.Object({ cu: Type.Number({ minimum: 0, description: 'CUs' }) }),
        response: responses({ 200: grants }),
      },
    },
    async (request) => {
      const actor = actorOf(requireAdmin(request));
      const { orgId, resource } = request.params;
      await setGrant(deps, { orgId, resource: resource satisfies GrantResource, cu: request.body.cu, actor });
      return getGrants(deps, orgId);
    },
  );
  void app.delete(
    '/organizations/:orgId/grants/:resource',
    {
      schema: {
        ...base,
        summary: 'Withdraw a grant (admin)',
        params: grantParams,
        response: responses({ 204: nothing }),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireAdmin(request));
      await withdrawGrant(deps, { ...request.params, actor });
      return reply.code(204).send(null);
    },
  );
};
