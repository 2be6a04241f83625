import { Type } from 'typebox';
import { readAsset, searchAssets } from '../../../assets/read/read-assets.ts';
import { readStore } from '../../../assets/read/read-store.ts';
import { removeAsset, saveAsset } from '../../../assets/save-entries.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { encodeCursor } from '../../plugins/cursor.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { bearer, orgParams, pageOf, pageQuery, responses } from '../../plugins/schemas.ts';
import type { AssetRouteDeps } from './asset-route-deps.ts';
import {
  assetBody,
  assetDetailSchema,
  assetParams,
  assetStoreSchema,
  assetViewSchema,
  ifMatch,
  importOutcomeSchema,
} from './asset-schemas.ts';
import { registerImportRoutes } from './import-routes.ts';
import { registerModelRoutes } from './model-routes.ts';
import { idCursor, removedBy, savedBy, withTag } from './seen-entry.ts';
import { registerTreeRoutes } from './tree-routes.ts';

const base = { tags: ['Assets'], security: bearer };
const one = '/organizations/:orgId/assets/:assetId';

/** What an organisation measures: models, assets, trees. */
export const registerAssetRoutes = (app: ApiInstance, deps: AssetRouteDeps): void => {
  void app.get(
    '/organizations/:orgId/asset-store',
    {
      config: { permission: 'assets.read' },
      schema: {
        ...base,
        summary: 'How much there is of models, assets and trees, and in which revision',
        params: orgParams,
        response: responses({ 200: assetStoreSchema }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      return readStore(deps.store.db, orgId);
    },
  );
  void app.get(
    '/organizations/:orgId/assets',
    {
      config: { permission: 'assets.read' },
      schema: {
        ...base,
        summary: 'List or look for assets, by id',
        params: orgParams,
        querystring: Type.Object({
          ...pageQuery.properties,
          text: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 200,
              description: 'Each word of it begins a word of id, name, label or a tag, in any case.',
            }),
          ),
          tag: Type.Optional(
            Type.String({
              maxLength: 2000,
              description: '`key::value`, comma separated: those that have all of them.',
            }),
          ),
          model: Type.Optional(Type.String({ maxLength: 128, description: 'Of this model.' })),
          heirs: Type.Boolean({ default: true, description: 'And of models that inherit from it.' }),
          tree: Type.Optional(Type.String({ maxLength: 128, description: 'With a place in this tree.' })),
        }),
        response: responses({ 200: pageOf(assetViewSchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      const { limit, cursor, text, tag, model, heirs, tree } = request.query;
      const search = {
        text: text === undefined ? undefined : storable(text),
        tags: tag === undefined ? [] : tagsOf(storable(tag)),
        modelId: model === undefined ? undefined : storable(model),
        withHeirs: heirs,
        treeId: tree === undefined ? undefined : storable(tree),
      };
      const { items, next } = await searchAssets(deps.store.db, orgId, search, { after: idCursor(cursor), limit });
      return { items: [...items], nextCursor: next === undefined ? null : encodeCursor(next), total: null };
    },
  );
  void app.get(
    one,
    {
      config: { permission: 'assets.read' },
      schema: {
        ...base,
        summary: 'An asset, with its places in trees',
        params: assetParams,
        response: responses({ 200: assetDetailSchema }),
      },
    },
    async (request, reply) => {
      const { orgId, assetId } = request.params;
      requireOrganizationAccess(request, orgId);
      return withTag(reply, await detail(orgId, assetId));
    },
  );
  void app.put(
    one,
    {
      config: { permission: 'assets.manage' },
      schema: {
        ...base,
        summary: 'Make or change an asset as a whole; its places in trees stay',
        params: assetParams,
        headers: ifMatch,
        body: assetBody,
        response: responses({ 200: assetDetailSchema }, 412, 413, 422, 428),
      },
    },
    async (request, reply) => {
      const { orgId, assetId } = request.params;
      const target = savedBy(request, { orgId, ifMatch: request.headers['if-match'] });
      await saveAsset(deps, target, { ...request.body, assetId });
      return withTag(reply, await detail(orgId, assetId));
    },
  );
  void app.delete(
    one,
    {
      config: { permission: 'assets.manage' },
      schema: {
        ...base,
        summary: 'Remove an asset and its places in trees; not while another is below it',
        params: assetParams,
        headers: ifMatch,
        response: responses({ 200: importOutcomeSchema }, 412, 422),
      },
    },
    async (request) => {
      const { orgId, assetId } = request.params;
      return removeAsset(deps, removedBy(request, { orgId, ifMatch: request.headers['if-match'] }), assetId);
    },
  );
  registerImportRoutes(app, deps);
  registerModelRoutes(app, deps);
  registerTreeRoutes(app, deps);

  const detail = async (orgId: string, assetId: string) => {
    const { places, ...asset } = await readAsset(deps.store.db, orgId, assetId);
    return { ...asset, places: [...places] };
  };
};

/** PostgreSQL has no text with NUL in it, so nothing is found under it. */
const storable = (text: string): string => text.replaceAll('\u0000', '\ufffd').toWellFormed();

const tagsOf = (text: string): { readonly key: string; readonly value: string }[] =>
  text.split(',').map((tag) => {
    const at = tag.indexOf('::');
    if (at > 0) return { key: tag.slice(0, at).trim(), value: tag.slice(at + 2).trim() };
    throw new ApiError(400, 'REQUEST_INVALID', `"${tag}" is no tag: give key::value.`);
  });
