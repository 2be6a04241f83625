import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { changeQueueTopic } from '../../../queue-topics/change-topic.ts';
import { createQueueTopic } from '../../../queue-topics/create-topic.ts';
import { deleteQueueTopic } from '../../../queue-topics/delete-topic.ts';
import { measureTopics } from '../../../queue-topics/measure-topics.ts';
import { type QueueTopicDeps, queueTopicsOf, viewOf } from '../../../queue-topics/queue-topic.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { bearer, orgParams, pageOf, pageQuery, responses } from '../../plugins/schemas.ts';
import { queueTopicSchema, shownTopic, sizeFields } from './queue-topic-schemas.ts';

const base = { tags: ['Topics'], security: bearer };
const PATH = '/organizations/:orgId/queue-topics';
const ONE = `${PATH}/:topic` as const;
const params = Type.Object({ ...orgParams.properties, topic: Type.String({ minLength: 1, maxLength: 249 }) });

const GIB = 1024 ** 3;
const DAYS_KEPT = 3;

/** Topics that organisations make for themselves, within their grant of Message Queue. */
export const registerQueueTopicRoutes = (app: ApiInstance, deps: QueueTopicDeps): void => {
  registerReading(app, deps);
  registerMaking(app, deps);
  void app.delete(
    ONE,
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Delete a topic that no stage reads or writes, with its records and the grants that name it',
        params,
        response: responses({ 204: Type.Null({ description: 'Done.' }) }, 409, 503),
      },
    },
    async (request, reply) => {
      const { orgId, topic } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await deleteQueueTopic(deps, { orgId, topic, actor });
      return reply.code(204).send(null);
    },
  );
};

const registerReading = (app: ApiInstance, deps: QueueTopicDeps): void => {
  void app.get(
    PATH,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Topics the organisation has made, by name, with what lies in them',
        params: orgParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(queueTopicSchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const page = pageOfArray((await queueTopicsOf(deps.store.db, orgId)).map(viewOf), request.query);
      const measured = await measureTopics(
        deps,
        page.items.map(({ topic }) => topic),
      );
      return { ...page, items: page.items.map((view) => shownTopic(view, measured.get(view.topic) ?? null)) };
    },
  );
};

const registerMaking = (app: ApiInstance, deps: QueueTopicDeps): void => {
  void app.post(
    PATH,
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Make a topic that pipelines of the organisation may read and write',
        description:
          'Takes of Message Queue: 1 CU is ten partitions and 10 GiB, whichever there is more of. Where it is not said, a topic has one partition, three days, and 1 GiB for each partition.',
        params: orgParams,
        body: Type.Object(
          { topic: Type.String({ maxLength: 249 }), ...optional(sizeFields) },
          { additionalProperties: false },
        ),
        response: responses({ 201: queueTopicSchema }, 409, 503),
      },
    },
    async (request, reply) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      const { topic, partitions = 1, retentionHours = DAYS_KEPT * 24, description = '', maxBytes } = request.body;
      const view = await createQueueTopic(deps, {
        orgId,
        actor,
        topic,
        partitions,
        retentionHours,
        description,
        maxBytes: maxBytes ?? partitions * GIB,
      });
      const measured = await measureTopics(deps, [topic]);
      return reply.code(201).send(shownTopic(view, measured.get(topic) ?? null));
    },
  );
  void app.patch(
    ONE,
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Change how large a topic may be and how long it keeps records',
        params,
        body: Type.Object(optional(sizeFields), { additionalProperties: false }),
        response: responses({ 200: queueTopicSchema }, 409, 503),
      },
    },
    async (request) => {
      const { orgId, topic } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      const view = await changeQueueTopic(deps, { ...request.body, orgId, topic, actor });
      return shownTopic(view, (await measureTopics(deps, [topic])).get(topic) ?? null);
    },
  );
};

const optional = ({ description, partitions, retentionHours, maxBytes }: typeof sizeFields) => ({
  description: Type.Optional(description),
  partitions: Type.Optional(partitions),
  retentionHours: Type.Optional(retentionHours),
  maxBytes: Type.Optional(maxBytes),
});
