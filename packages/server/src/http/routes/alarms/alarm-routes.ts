import { Type } from 'typebox';
import { listDeliveries, retryDelivery } from '../../../alarms/manage/deliveries.ts';
import { type AlarmFilter, type AlarmPosition, countAlarms, listAlarms } from '../../../alarms/manage/list-alarms.ts';
import { getAlarmSettings, setAlarmSettings } from '../../../alarms/manage/pipeline-settings.ts';
import { actorOf } from '../../../auth/caller.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { bearer, orgParams, pageOf, pageQuery, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';
import type { AlarmRouteDeps } from './alarm-route-deps.ts';
import {
  alarmCountsSchema,
  alarmSchema,
  alarmSettingsBody,
  alarmStateSchema,
  deliverySchema,
  deliveryStateSchema,
  pipelineSettingsSchema,
} from './alarm-schemas.ts';
import { registerHistoryRoutes } from './history-routes.ts';
import { registerReceiverRoutes } from './receiver-routes.ts';
import { registerResponseRoutes } from './response-routes.ts';

const base = { tags: ['Alarms'], security: bearer };

/** What is watched, where alarms stand, and what was told to whom. */
export const registerAlarmRoutes = (app: ApiInstance, deps: AlarmRouteDeps): void => {
  registerReceiverRoutes(app, deps);
  registerSettings(app, deps);
  registerAlarms(app, deps);
  registerResponseRoutes(app, deps);
  registerHistoryRoutes(app, deps);
  registerDeliveries(app, deps);
};

const registerSettings = (app: ApiInstance, deps: AlarmRouteDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/alarm-settings',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'What a pipeline’s alarms watch, and who is told',
        params: pipelineParams,
        response: responses({ 200: pipelineSettingsSchema }),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      const { settings, issues, tag } = await getAlarmSettings(deps, target);
      return reply.header('etag', `"${tag}"`).send({ settings: mutable(settings), issues: [...issues] });
    },
  );
  void app.put(
    '/pipelines/:pipelineId/alarm-settings',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Set what is watched and who is told, at once; a rule that is absent watches nothing',
        params: pipelineParams,
        headers: Type.Object({
          'if-match': Type.Optional(
            Type.String({ description: 'ETag of the settings you have seen, or *. Required.' }),
          ),
        }),
        body: alarmSettingsBody,
        response: responses({ 200: pipelineSettingsSchema }, 412, 428),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      const expectedTag = tagOf(request.headers['if-match']);
      const { settings, issues, tag } = await setAlarmSettings(deps, target, request.body, expectedTag);
      return reply.header('etag', `"${tag}"`).send({ settings: mutable(settings), issues: [...issues] });
    },
  );
};

/** Errors: `REVISION_REQUIRED`, `REQUEST_INVALID`. */
const tagOf = (ifMatch: string | undefined): string | undefined => {
  if (ifMatch === undefined)
    throw new ApiError(
      428,
      'REVISION_REQUIRED',
      'Say by If-Match which alarm settings you have seen (their ETag), or * to overwrite whichever there are.',
    );
  if (ifMatch.trim() === '*') return undefined;
  const tag = /^\s*(?:W\/)?"?([0-9a-f]{16})"?\s*$/.exec(ifMatch)?.[1];
  if (tag === undefined) throw new ApiError(400, 'REQUEST_INVALID', 'If-Match must be the ETag of the settings, or *.');
  return tag;
};

/** Schemas know no read-only lists. */
const mutable = ({ receivers, status, ...rules }: Awaited<ReturnType<typeof getAlarmSettings>>['settings']) => ({
  receivers: [...receivers],
  ...(status === undefined ? {} : { status: { ...status, states: [...status.states] } }),
  ...rules,
});

const positionOf = (value: unknown): AlarmPosition | undefined =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string'
    ? { pipelineId: value[0].replaceAll('\u0000', ''), rule: value[1].replaceAll('\u0000', '') }
    : undefined;

const filtersOf = ({ state, isOpen, isAcknowledged, isShelved }: Omit<AlarmFilter, 'orgId' | 'pipelineId'>) => ({
  ...{ state, isOpen, isAcknowledged, isShelved },
});

const registerAlarms = (app: ApiInstance, deps: AlarmRouteDeps): void => {
  const page = async (
    filter: Parameters<typeof listAlarms>[1],
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  ) => {
    const after = decodeCursor(cursor, positionOf);
    const { items, total } = await listAlarms(deps.store.db, filter, { limit, after });
    const last = items.at(-1);
    const isFull = items.length === limit && last !== undefined;
    return {
      items: items.map((item) => ({ ...item, facts: { ...item.facts } })),
      nextCursor: isFull ? encodeCursor([last.pipelineId, last.rule]) : null,
      total,
    };
  };
  const query = Type.Object({
    ...pageQuery.properties,
    state: Type.Optional(alarmStateSchema),
    isOpen: Type.Optional(Type.Boolean({ description: 'It was raised and is not over; or only those that are not.' })),
    isAcknowledged: Type.Optional(Type.Boolean({ description: 'Nobody has to acknowledge it; or only those to be.' })),
    isShelved: Type.Optional(Type.Boolean({ description: 'Nobody is told of it for a while; or only the others.' })),
  });
  void app.get(
    '/pipelines/:pipelineId/alarms',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'Where a pipeline’s alarms stand; those that were always normal are left out',
        params: pipelineParams,
        querystring: query,
        response: responses({ 200: pageOf(alarmSchema) }),
      },
    },
    async (request) => {
      const { orgId, pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      return page({ ...filtersOf(request.query), orgId, pipelineId }, request.query);
    },
  );
  void app.get(
    '/organizations/:orgId/alarms',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'Where the alarms of an organisation’s pipelines stand; those that were always normal are left out',
        params: orgParams,
        querystring: query,
        response: responses({ 200: pageOf(alarmSchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      return page({ ...filtersOf(request.query), orgId }, request.query);
    },
  );
  void app.get(
    '/organizations/:orgId/alarm-counts',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'How many alarms of an organisation stand where; those that were always normal are not counted',
        params: orgParams,
        response: responses({ 200: alarmCountsSchema }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      return countAlarms(deps.store.db, orgId);
    },
  );
};

const registerDeliveries = (app: ApiInstance, deps: AlarmRouteDeps): void => {
  void app.get(
    '/organizations/:orgId/alarm-deliveries',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'What was told to whom, newest first',
        params: orgParams,
        querystring: Type.Object({
          ...pageQuery.properties,
          state: Type.Optional(deliveryStateSchema),
          pipelineId: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
        }),
        response: responses({ 200: pageOf(deliverySchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const { limit, cursor, ...filter } = request.query;
      const before = decodeCursor(cursor, (value) => (Number.isSafeInteger(value) ? Number(value) : undefined));
      const { items, total, last } = await listDeliveries(deps.store.db, { orgId, ...filter }, { limit, before });
      const nextCursor = items.length === limit && last !== undefined ? encodeCursor(last) : null;
      return { items: [...items], nextCursor, total };
    },
  );
  void app.post(
    '/organizations/:orgId/alarm-deliveries/:deliveryId/retry',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Try a delivery again that failed, or now instead of later',
        params: Type.Object({ ...orgParams.properties, deliveryId: Type.String({ minLength: 1, maxLength: 64 }) }),
        response: responses({
          204: Type.Null({ description: 'It is on its way; one that has arrived is not sent again.' }),
        }),
      },
    },
    async (request, reply) => {
      const { orgId, deliveryId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await retryDelivery(deps, { orgId, deliveryId, actor });
      return reply.code(204).send(null);
    },
  );
};
