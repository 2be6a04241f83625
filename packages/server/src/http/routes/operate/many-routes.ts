import { setTimeout as wait } from 'node:timers/promises';
import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import type { Permission } from '../../../auth/permissions.ts';
import { type ManyAction, operateMany } from '../../../lifecycle/operate-many.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess, requirePermission } from '../../plugins/caller.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { bearer, nullable, orgParams, responses } from '../../plugins/schemas.ts';
import { command } from '../pipelines/command-body.ts';
import { manyResultSchema, startFields } from './operate-schemas.ts';

const MAX_MANY = 200;
/** Starts of one organisation follow one another; so long one request waits for them. */
const PATIENCE_MS = 60_000;

const label = Type.String({ minLength: 1, maxLength: 60 });
const body = Type.Object({
  action: Type.Union(
    (['release', 'start', 'pause', 'stop', 'delete', 'file'] as const).map((action) => Type.Literal(action)),
    { description: '`file`: change group and labels.' },
  ),
  pipelineIds: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: MAX_MANY }),
  note: command.note,
  start: Type.Optional(Type.Object(startFields, { description: 'With `start`.' })),
  group: Type.Optional(nullable(Type.String({ maxLength: 60, description: 'With `file`; null: no group.' }))),
  addLabels: Type.Optional(Type.Array(label, { maxItems: 20 })),
  removeLabels: Type.Optional(Type.Array(label, { maxItems: 20 })),
});

/** The same for several pipelines at once, with a result for each. */
export const registerManyRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.post(
    '/organizations/:orgId/pipelines/bulk',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        tags: ['Operation'],
        security: bearer,
        summary: 'Do the same with several pipelines; what is refused for one keeps nobody from the next',
        params: orgParams,
        body,
        response: responses({ 200: manyResultSchema }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      const { action, pipelineIds, note } = request.body;
      requirePermission(request, orgId, PERMISSION[action]);
      await requireOrganization(deps.store.db, orgId);
      const common = { orgId, actor, ...(note === undefined ? {} : { note: note.toWellFormed() }) };
      const targets = [...new Set(pipelineIds)].map((pipelineId) => ({ ...common, pipelineId }));
      const results = await operateMany(deps, targets, actionOf(request.body), {
        patienceMs: PATIENCE_MS,
        pause: async (ms) => void (await wait(ms)),
        isGivenUp: () => request.raw.destroyed && request.raw.socket.destroyed,
      });
      return { results: [...results] };
    },
  );
};

const PERMISSION: Readonly<Record<ManyAction['kind'], Permission>> = {
  release: 'pipelines.design',
  start: 'pipelines.operate',
  pause: 'pipelines.operate',
  stop: 'pipelines.operate',
  delete: 'pipelines.design',
  file: 'pipelines.design',
};

const actionOf = (given: {
  readonly action: ManyAction['kind'];
  readonly start?: unknown;
  readonly group?: string | null;
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
}): ManyAction => {
  const { action } = given;
  switch (action) {
    case 'start':
      if (given.start === undefined)
        throw new ApiError(400, 'REQUEST_INVALID', 'Say by "start" how the pipelines are to be started.');
      return { kind: 'start', request: given.start };
    case 'file':
      return {
        kind: 'file',
        add: given.addLabels ?? [],
        remove: given.removeLabels ?? [],
        ...(given.group === undefined ? {} : { groupName: given.group }),
      };
    default:
      return { kind: action };
  }
};
