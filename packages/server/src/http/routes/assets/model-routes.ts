import { listModels, readModel } from '../../../assets/read/read-models.ts';
import { removeModel, saveModel } from '../../../assets/save-entries.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { encodeCursor } from '../../plugins/cursor.ts';
import { bearer, orgParams, pageOf, pageQuery, responses } from '../../plugins/schemas.ts';
import type { AssetRouteDeps } from './asset-route-deps.ts';
import {
  ifMatch,
  importOutcomeSchema,
  modelBody,
  modelDetailSchema,
  modelParams,
  modelSummarySchema,
} from './asset-schemas.ts';
import { idCursor, removedBy, savedBy, withTag } from './seen-entry.ts';

const base = { tags: ['Assets'], security: bearer };

/** Types of assets, with their points. */
export const registerModelRoutes = (app: ApiInstance, deps: AssetRouteDeps): void => {
  void app.get(
    '/organizations/:orgId/asset-models',
    {
      config: { permission: 'assets.read' },
      schema: {
        ...base,
        summary: 'Models by id',
        params: orgParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(modelSummarySchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      const { limit, cursor } = request.query;
      const { items, next } = await listModels(deps.store.db, orgId, { after: idCursor(cursor), limit });
      return { items: [...items], nextCursor: next === undefined ? null : encodeCursor(next), total: null };
    },
  );
  void app.get(
    '/organizations/:orgId/asset-models/:modelId',
    {
      config: { permission: 'assets.read' },
      schema: {
        ...base,
        summary: 'A model with its points and those it inherits',
        params: modelParams,
        response: responses({ 200: modelDetailSchema }),
      },
    },
    async (request, reply) => {
      const { orgId, modelId } = request.params;
      requireOrganizationAccess(request, orgId);
      return withTag(reply, await detail(orgId, modelId));
    },
  );
  void app.put(
    '/organizations/:orgId/asset-models/:modelId',
    {
      config: { permission: 'assets.manage' },
      bodyLimit: 4 * 1024 * 1024,
      schema: {
        ...base,
        summary: 'Make or change a model; without points it keeps its own',
        params: modelParams,
        headers: ifMatch,
        body: modelBody,
        response: responses({ 200: modelDetailSchema }, 412, 413, 422, 428),
      },
    },
    async (request, reply) => {
      const { orgId, modelId } = request.params;
      const target = savedBy(request, { orgId, ifMatch: request.headers['if-match'] });
      await saveModel(deps, target, { ...request.body, modelId });
      return withTag(reply, await detail(orgId, modelId));
    },
  );
  void app.delete(
    '/organizations/:orgId/asset-models/:modelId',
    {
      config: { permission: 'assets.manage' },
      schema: {
        ...base,
        summary: 'Remove a model that no asset and no other model is of',
        params: modelParams,
        headers: ifMatch,
        response: responses({ 200: importOutcomeSchema }, 412, 422),
      },
    },
    async (request) => {
      const { orgId, modelId } = request.params;
      return removeModel(deps, removedBy(request, { orgId, ifMatch: request.headers['if-match'] }), modelId);
    },
  );

  const detail = async (orgId: string, modelId: string) => {
    const { points, ...model } = await readModel(deps.store.db, orgId, modelId);
    return { ...model, points: [...points] };
  };
};
