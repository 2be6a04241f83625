import { Type } from 'typebox';
import { RESOURCES, type Resource } from '../../../resources/resource-types.ts';
import { listResources } from '../../../resources/resources.ts';
import { readUsage } from '../../../resources/usage.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import { fieldInvalid, type UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, orgParams, responses, time } from '../../plugins/schemas.ts';

const base = { tags: ['Organizations'], security: bearer };
const PATH = '/organizations/:orgId/resources';
const resource = Type.Unsafe<Resource>({ type: 'string', enum: [...RESOURCES] });
const DAY_MS = 24 * 3600_000;

export interface ResourceRouteDeps extends UseCaseDeps {
  /** From how many percent of a grant on people are told. */
  readonly warnPercent: number;
}

const resourceSchema = nameSchema(
  'Resource',
  Type.Object({
    resource,
    title: Type.String(),
    granted: nullable(Type.Number({ description: 'In CU; null: never granted.' })),
    used: Type.Number(),
    available: nullable(Type.Number({ description: 'Negative when a grant was cut below what is in use.' })),
    scarceSince: nullable(time('Since when so much is used that people were told; null: there is enough left')),
  }),
);
const usageSchema = nameSchema(
  'ResourceUsage',
  Type.Object({
    stepMs: Type.Integer({ description: 'An hour; a day where more than two weeks were asked for.' }),
    items: Type.Array(
      Type.Object({
        at: time('Beginning of the step'),
        granted: nullable(Type.Number()),
        used: Type.Number({ description: 'At its end, in CU.' }),
        peak: Type.Number({ description: 'The most at a time.' }),
      }),
    ),
  }),
);

/** What an organisation has of each resource, and has used of it over time. */
export const registerResourceRoutes = (app: ApiInstance, deps: ResourceRouteDeps): void => {
  void app.get(
    PATH,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Every resource: granted, used, left, and whether it is running out',
        params: orgParams,
        response: responses({
          200: Type.Object({
            warnPercent: Type.Integer({ description: 'From how much of a grant on receivers are told.' }),
            items: Type.Array(resourceSchema),
          }),
        }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      return { warnPercent: deps.warnPercent, items: [...(await listResources(deps, orgId))] };
    },
  );
  void app.get(
    `${PATH}/:resource/usage`,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'What was used of a resource over time, the oldest first',
        description: 'Steps in which nobody looked are left out. Without times: the last seven days.',
        params: Type.Object({ ...orgParams.properties, resource }),
        querystring: Type.Object({
          from: Type.Optional(time('From')),
          to: Type.Optional(time('Until, without it')),
        }),
        response: responses({ 200: usageSchema }),
      },
    },
    async (request) => {
      const { orgId, resource: name } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const { to = deps.clock.now() + 1 } = request.query;
      const { from = Math.max(0, to - 7 * DAY_MS) } = request.query;
      if (from < 0 || to <= from) throw fieldInvalid('/from', '"from" must be a time before "to".');
      const { stepMs, items } = await readUsage(deps.store.db, { orgId, resource: name, from, to });
      return { stepMs, items: items.map((point) => ({ ...point })) };
    },
  );
};
