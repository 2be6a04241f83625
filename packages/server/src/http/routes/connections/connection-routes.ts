import { connectionKinds } from '@penstock/connections';
import type { JsonObject } from '@penstock/model';
import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { type ConnectionDeps, findConnection, listConnections, viewOf } from '../../../connections/connections.ts';
import { deleteConnection } from '../../../connections/delete-connection.ts';
import { changeConnection, createConnection } from '../../../connections/save-connection.ts';
import { testConnection } from '../../../connections/test-connection.ts';
import { usersOfConnection } from '../../../connections/used-by.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { bearer, orgParams, pageOf, pageQuery, responses } from '../../plugins/schemas.ts';
import { etagOf, revisionOf } from '../pipelines/revision-tag.ts';
import {
  connectionKindSchema,
  connectionSchema,
  connectionUserSchema,
  testOutcomeSchema,
} from './connection-schemas.ts';

const base = { tags: ['Connections'], security: bearer };
const PATH = '/organizations/:orgId/connections';
const ONE = `${PATH}/:name` as const;

const params = Type.Object({ ...orgParams.properties, name: Type.String({ minLength: 1, maxLength: 64 }) });
const settings = Type.Unsafe<JsonObject>({ type: 'object', description: 'As the kind has them.' });
const secrets = Type.Unsafe<Record<string, string | null>>({
  type: 'object',
  additionalProperties: { type: ['string', 'null'], maxLength: 10_000 },
  maxProperties: 20,
  description: 'By name, as the kind has them. Never shown again; null removes one, and what is not named stays.',
});
const description = Type.String({ maxLength: 1000 });

/** Connections that stages name: kept, tested, and who uses them. */
export const registerConnectionRoutes = (app: ApiInstance, deps: ConnectionDeps): void => {
  void app.get(
    '/connection-kinds',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        summary: 'Kinds of connections: schemas of their settings and secrets',
        response: responses({ 200: Type.Object({ items: Type.Array(connectionKindSchema) }) }),
      },
    },
    async () => ({
      items: connectionKinds.map(({ kind, title, summary, settings: shown, secrets: hidden }) => ({
        kind,
        title,
        summary,
        settings: { ...shown },
        secrets: { ...hidden },
      })),
    }),
  );
  registerReading(app, deps);
  registerSaving(app, deps);
  void app.post(
    `${ONE}/test`,
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Connect as pipelines would, within ten seconds, and say how that went',
        params,
        response: responses({ 200: testOutcomeSchema }, 409, 503),
      },
    },
    async (request) => {
      const { orgId, name } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      return testConnection(deps, { orgId, actor, name });
    },
  );
};

const registerReading = (app: ApiInstance, deps: ConnectionDeps): void => {
  void app.get(
    PATH,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Connections, by name',
        params: orgParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(connectionSchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      return pageOfArray((await listConnections(deps, orgId)).map(shown), request.query);
    },
  );
  void app.get(
    ONE,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'A connection; of its secrets only which there are',
        params,
        response: responses({ 200: connectionSchema }),
      },
    },
    async (request, reply) => {
      const { orgId, name } = request.params;
      requireOrganizationAccess(request, orgId);
      const view = viewOf(await findConnection(deps.store.db, orgId, name));
      return reply.header('etag', etagOf(view.revision)).send(shown(view));
    },
  );
  void app.get(
    `${ONE}/used-by`,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Stages that name a connection, 200 at most',
        params,
        response: responses({ 200: Type.Object({ items: Type.Array(connectionUserSchema) }) }),
      },
    },
    async (request) => {
      const { orgId, name } = request.params;
      requireOrganizationAccess(request, orgId);
      await findConnection(deps.store.db, orgId, name);
      return { items: [...(await usersOfConnection(deps, deps.store.db, orgId, name))] };
    },
  );
};

const registerSaving = (app: ApiInstance, deps: ConnectionDeps): void => {
  void app.post(
    PATH,
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Make a connection',
        params: orgParams,
        body: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 64 }),
            kind: Type.String({ minLength: 1, maxLength: 64 }),
            description: Type.Optional(description),
            settings,
            secrets: Type.Optional(secrets),
          },
          { additionalProperties: false },
        ),
        response: responses({ 201: connectionSchema }, 409),
      },
    },
    async (request, reply) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      const view = await createConnection(deps, { ...request.body, orgId, actor });
      return reply.code(201).header('etag', etagOf(view.revision)).send(shown(view));
    },
  );
  void app.put(
    ONE,
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Change a connection; other settings want its secrets anew, and runs under way keep the old ones',
        params,
        headers: Type.Object({
          'if-match': Type.Optional(Type.String({ description: 'ETag of what you have seen, or *. Required.' })),
        }),
        body: Type.Object(
          {
            description: Type.Optional(description),
            settings: Type.Optional(settings),
            secrets: Type.Optional(secrets),
          },
          { additionalProperties: false },
        ),
        response: responses({ 200: connectionSchema }, 412, 428),
      },
    },
    async (request, reply) => {
      const { orgId, name } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      const expectedRevision = revisionOf(request.headers['if-match']);
      const view = await changeConnection(deps, { ...request.body, orgId, actor, name, expectedRevision });
      return reply.header('etag', etagOf(view.revision)).send(shown(view));
    },
  );
  void app.delete(
    ONE,
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Delete a connection that no document names',
        params,
        response: responses({ 204: Type.Null({ description: 'Done.' }) }, 409),
      },
    },
    async (request, reply) => {
      const { orgId, name } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await deleteConnection(deps, { orgId, actor, name });
      return reply.code(204).send(null);
    },
  );
};

/** As the API's types want it. */
const shown = (view: ReturnType<typeof viewOf>) => ({
  ...view,
  secrets: [...view.secrets],
  issues: [...view.issues],
});
