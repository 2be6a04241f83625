import { Type } from 'typebox';
import { testReceiver } from '../../../alarms/delivery/test-receiver.ts';
import { changeReceiver, createReceiver, deleteReceiver } from '../../../alarms/receivers/change-receivers.ts';
import { listReceivers } from '../../../alarms/receivers/receivers.ts';
import { actorOf } from '../../../auth/caller.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { bearer, orgParams, pageOf, pageQuery, responses } from '../../plugins/schemas.ts';
import type { AlarmRouteDeps } from './alarm-route-deps.ts';
import {
  kindSchema,
  languageSchema,
  receiverSchema,
  receiverWithSecretSchema,
  testOutcomeSchema,
} from './alarm-schemas.ts';

const base = { tags: ['Alarms'], security: bearer };
const receiverParams = Type.Object({
  ...orgParams.properties,
  receiverId: Type.String({ minLength: 1, maxLength: 64 }),
});
const name = Type.String({ minLength: 1, maxLength: 200 });
const address = Type.String({ minLength: 1, maxLength: 2000, description: 'E-mail address, or URL of a webhook.' });

/** Who an organisation's alarms are told to. */
export const registerReceiverRoutes = (app: ApiInstance, deps: AlarmRouteDeps): void => {
  void app.get(
    '/organizations/:orgId/alarm-receivers',
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Receivers of alarms, by name',
        params: orgParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(receiverSchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      return pageOfArray(await listReceivers(deps, orgId), request.query);
    },
  );
  void app.post(
    '/organizations/:orgId/alarm-receivers',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Make a receiver; a webhook is told the secret it is signed with this once',
        params: orgParams,
        body: Type.Object(
          { name, kind: kindSchema, address, language: Type.Optional(languageSchema) },
          { additionalProperties: false },
        ),
        response: responses({ 201: receiverWithSecretSchema }, 409),
      },
    },
    async (request, reply) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      return reply.code(201).send(await createReceiver(deps, { ...request.body, orgId, actor }));
    },
  );
  void app.patch(
    '/organizations/:orgId/alarm-receivers/:receiverId',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Change a receiver; another address, or newSecret, gives a webhook another secret',
        params: receiverParams,
        body: Type.Object(
          {
            name: Type.Optional(name),
            address: Type.Optional(address),
            language: Type.Optional(languageSchema),
            newSecret: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
        response: responses({ 200: receiverWithSecretSchema }),
      },
    },
    async (request) => {
      const { orgId, receiverId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      return changeReceiver(deps, { ...request.body, orgId, receiverId, actor });
    },
  );
  void app.delete(
    '/organizations/:orgId/alarm-receivers/:receiverId',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Delete a receiver, with what is on its way to it',
        params: receiverParams,
        querystring: Type.Object({
          force: Type.Boolean({ default: false, description: 'Also where pipelines name it.' }),
        }),
        response: responses({ 204: Type.Null({ description: 'Done.' }) }, 409),
      },
    },
    async (request, reply) => {
      const { orgId, receiverId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await deleteReceiver(deps, { orgId, receiverId, actor, force: request.query.force });
      return reply.code(204).send(null);
    },
  );
  void app.post(
    '/organizations/:orgId/alarm-receivers/:receiverId/test',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Send something to a receiver now, and say how that went',
        params: receiverParams,
        response: responses({ 200: testOutcomeSchema }, 409),
      },
    },
    async (request) => {
      const { orgId, receiverId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      return testReceiver(deps, { orgId, receiverId, actor });
    },
  );
};
