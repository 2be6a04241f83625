import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import type { Seal } from '../../../auth/seal.ts';
import { createAccessKey, deleteAccessKey, listAccessKeys, revokeTokens } from '../../../organizations/access-keys.ts';
import {
  createOrganization,
  deleteOrganization,
  getOrganization,
  listOrganizations,
  setTimeZone,
} from '../../../organizations/organizations.ts';
import { getGrants, setGrant, withdrawGrant } from '../../../resources/grants.ts';
import { RESOURCES, type Resource } from '../../../resources/resource-types.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireAdmin, requireOrganizationAccess } from '../../plugins/caller.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import {
  bearer,
  nullable,
  orgParams,
  pageOf,
  pageQuery,
  responses,
  roleSchema,
  text,
  time,
} from '../../plugins/schemas.ts';
import { registerTopicGrantRoutes } from './topic-grant-routes.ts';

const organization = nameSchema(
  'Organization',
  Type.Object({
    orgId: Type.String(),
    name: Type.String(),
    createdAt: time('Creation'),
    timeZone: text('Where its days begin, for templates that do not say.'),
  }),
);
const keyFields = {
  accessKey: Type.String(),
  name: Type.String(),
  role: roleSchema,
  createdAt: time('Creation'),
  expiresAt: nullable(time('Good for nothing from then on')),
  lastUsedAt: nullable(time('Last use, to the minute')),
};
const accessKey = nameSchema('AccessKey', Type.Object(keyFields));
const newAccessKey = nameSchema('NewAccessKey', Type.Object({ ...keyFields, secretKey: text('Shown only here.') }));
const grant = nullable(
  nameSchema(
    'Grant',
    Type.Object(
      { granted: Type.Number(), used: Type.Number(), available: Type.Number() },
      { description: 'In CU; null where the resource was never granted.' },
    ),
  ),
);
const grants = nameSchema(
  'Grants',
  Type.Object({
    standalone: grant,
    clusterServer: grant,
    clusterYarn: grant,
    streamDesigning: grant,
    messageQueue: grant,
  }),
);
const keyParams = Type.Object({ ...orgParams.properties, accessKey: Type.String({ minLength: 1, maxLength: 64 }) });
const grantParams = Type.Object({
  ...orgParams.properties,
  resource: Type.Unsafe<Resource>({ type: 'string', enum: [...RESOURCES] }),
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
  registerTopicGrantRoutes(app, deps);
};

const base = { tags: ['Organizations'], security: bearer };

const registerOrganizations = (app: ApiInstance, deps: OrganizationRouteDeps): void => {
  void app.post(
    '/organizations',
    {
      config: { permission: 'installation.manage' },
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
        await withinTime(deps.ensureTopics(created.orgId), TOPICS_WITHIN_MS);
      } catch (error) {
        void request.log.warn({ err: error, orgId: created.orgId }, 'topics not created');
      }
      return reply.code(201).send(created);
    },
  );
  void app.get(
    '/organizations',
    {
      config: { permission: 'installation.manage' },
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
      config: { permission: 'organization.read' },
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
  void app.patch(
    '/organizations/:orgId',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Say where the days of an organisation begin; templates go by it from their next release on',
        params: orgParams,
        body: Type.Object(
          { timeZone: Type.String({ minLength: 1, maxLength: 64, description: '`Asia/Shanghai`, or `+08:00`.' }) },
          { additionalProperties: false },
        ),
        response: responses({ 200: organization }),
      },
    },
    async (request) => {
      const actor = actorOf(requireOrganizationAccess(request, request.params.orgId));
      return setTimeZone(deps, { orgId: request.params.orgId, timeZone: request.body.timeZone, actor });
    },
  );
  void app.delete(
    '/organizations/:orgId',
    {
      config: { permission: 'installation.manage' },
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
      config: { permission: 'installation.manage' },
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
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Create an access key (admin); the secret is shown once',
        params: orgParams,
        body: Type.Optional(
          Type.Object({
            name: Type.Optional(Type.String()),
            role: Type.Optional(roleSchema),
            expiresAt: Type.Optional(time('Good for nothing from then on')),
          }),
        ),
        response: responses({ 201: newAccessKey }),
      },
    },
    async (request, reply) => {
      const { orgId } = request.params;
      const actor = actorOf(requireAdmin(request));
      return reply.code(201).send(await createAccessKey(deps, { ...request.body, orgId, actor }));
    },
  );
  void app.get(
    '/organizations/:orgId/access-keys',
    {
      config: { permission: 'organization.manage' },
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
    {
      config: { permission: 'organization.manage' },
      schema: { ...base, summary: 'Delete an access key', params: keyParams, response: responses({ 204: nothing }) },
    },
    async (request, reply) => {
      const actor = actorOf(requireOrganizationAccess(request, request.params.orgId));
      await deleteAccessKey(deps, { ...request.params, actor });
      return reply.code(204).send(null);
    },
  );
  void app.delete(
    '/organizations/:orgId/access-keys/:accessKey/tokens',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Have the token of an access key be worth nothing from now on',
        params: keyParams,
        response: responses({ 204: nothing }),
      },
    },
    async (request, reply) => {
      const actor = actorOf(requireOrganizationAccess(request, request.params.orgId));
      await revokeTokens(deps, { ...request.params, actor });
      return reply.code(204).send(null);
    },
  );
};

/** What is behind an address may be no Kafka, which it takes long to be sure of: nobody waits for that. */
const TOPICS_WITHIN_MS = 4000;

const withinTime = async (work: Promise<unknown>, ms: number): Promise<void> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not done within ${ms} ms`)), ms);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

const registerGrants = (app: ApiInstance, deps: OrganizationRouteDeps): void => {
  void app.get(
    '/organizations/:orgId/grants',
    {
      config: { permission: 'organization.read' },
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
      config: { permission: 'installation.manage' },
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
      await setGrant(deps, { orgId, resource, cu: request.body.cu, actor });
      return getGrants(deps, orgId);
    },
  );
  void app.delete(
    '/organizations/:orgId/grants/:resource',
    {
      config: { permission: 'installation.manage' },
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
