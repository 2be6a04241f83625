import { Type } from 'typebox';
import { listIncidents } from '../../../alarms/history/list-incidents.ts';
import { rankAlarms } from '../../../alarms/history/rank-alarms.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import { fieldInvalid } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { bearer, orgParams, pageOf, pageQuery, responses, time } from '../../plugins/schemas.ts';
import type { AlarmRouteDeps } from './alarm-route-deps.ts';
import { incidentSchema, rankedAlarmSchema, rankingSchema, ruleSchema } from './alarm-schemas.ts';

const base = { tags: ['Alarms'], security: bearer };

/** What was of alarms: each time one was raised, and those that were most often. */
export const registerHistoryRoutes = (app: ApiInstance, deps: AlarmRouteDeps): void => {
  void app.get(
    '/organizations/:orgId/alarm-incidents',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'Times that alarms were raised, how they ended and who knew of them, newest first',
        params: orgParams,
        querystring: Type.Object({
          ...pageQuery.properties,
          pipelineId: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
          rule: Type.Optional(ruleSchema),
        }),
        response: responses({ 200: pageOf(incidentSchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const { limit, cursor, ...filter } = request.query;
      const before = decodeCursor(cursor, (value) => (Number.isSafeInteger(value) ? Number(value) : undefined));
      const { items, total, last } = await listIncidents(deps.store.db, { orgId, ...filter }, { limit, before });
      const nextCursor = items.length === limit && last !== undefined ? encodeCursor(last) : null;
      return { items: items.map((item) => ({ ...item, facts: { ...item.facts } })), nextCursor, total };
    },
  );
  void app.get(
    '/organizations/:orgId/alarm-ranking',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'The alarms that ring most in a span of time, ten at most',
        description: 'As far back as the service keeps what was: `PENSTOCK_KEEP_INCIDENTS_DAYS`.',
        params: orgParams,
        querystring: Type.Object({
          from: time('Not before; what was open before counts from here on'),
          to: Type.Optional(time('Until; now where it is absent')),
          by: Type.Optional(rankingSchema),
        }),
        response: responses({ 200: Type.Object({ items: Type.Array(rankedAlarmSchema) }) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const { from, by = 'count' } = request.query;
      // What is open was not open in a time that has not come yet.
      const to = Math.min(request.query.to ?? Number.MAX_SAFE_INTEGER, deps.clock.now());
      if (from > to) throw fieldInvalid('/from', 'The span begins after its end, or in the future.');
      return { items: [...(await rankAlarms(deps.store.db, orgId, { from, to }, by))] };
    },
  );
};
