import { Type } from 'typebox';
import { listNodes, listTrees, readTree } from '../../../assets/read/read-trees.ts';
import { removeNode, removeTree, saveNode, saveTree } from '../../../assets/save-entries.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { encodeCursor } from '../../plugins/cursor.ts';
import { bearer, orgParams, pageOf, pageQuery, responses } from '../../plugins/schemas.ts';
import type { AssetRouteDeps } from './asset-route-deps.ts';
import {
  ifMatch,
  importOutcomeSchema,
  nodeBody,
  nodeParams,
  nodeViewSchema,
  treeBody,
  treeParams,
  treeViewSchema,
} from './asset-schemas.ts';
import { idCursor, removedBy, savedBy, withTag } from './seen-entry.ts';

const base = { tags: ['Assets'], security: bearer };
const all = '/organizations/:orgId/asset-trees';
const one = `${all}/:treeId` as const;
const places = `${one}/places` as const;

/** Ways to put assets under one another. */
export const registerTreeRoutes = (app: ApiInstance, deps: AssetRouteDeps): void => {
  void app.get(
    all,
    {
      config: { permission: 'assets.read' },
      schema: {
        ...base,
        summary: 'Trees by id',
        params: orgParams,
        response: responses({ 200: Type.Object({ items: Type.Array(treeViewSchema) }) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      return { items: await listTrees(deps.store.db, orgId) };
    },
  );
  void app.get(
    one,
    {
      config: { permission: 'assets.read' },
      schema: { ...base, summary: 'A tree', params: treeParams, response: responses({ 200: treeViewSchema }) },
    },
    async (request, reply) => {
      const { orgId, treeId } = request.params;
      requireOrganizationAccess(request, orgId);
      return withTag(reply, await readTree(deps.store.db, orgId, treeId));
    },
  );
  void app.put(
    one,
    {
      config: { permission: 'assets.manage' },
      schema: {
        ...base,
        summary: 'Make or change a tree; what is in it stays',
        params: treeParams,
        headers: ifMatch,
        body: treeBody,
        response: responses({ 200: treeViewSchema }, 412, 413, 422, 428),
      },
    },
    async (request, reply) => {
      const { orgId, treeId } = request.params;
      const target = savedBy(request, { orgId, ifMatch: request.headers['if-match'] });
      await saveTree(deps, target, { ...request.body, treeId });
      return withTag(reply, await readTree(deps.store.db, orgId, treeId));
    },
  );
  void app.delete(
    one,
    {
      config: { permission: 'assets.manage' },
      schema: {
        ...base,
        summary: 'Remove a tree with all places in it; the assets stay',
        params: treeParams,
        headers: ifMatch,
        response: responses({ 200: importOutcomeSchema }, 412, 422),
      },
    },
    async (request) => {
      const { orgId, treeId } = request.params;
      return removeTree(deps, removedBy(request, { orgId, ifMatch: request.headers['if-match'] }), treeId);
    },
  );
  registerPlaceRoutes(app, deps);
};

const registerPlaceRoutes = (app: ApiInstance, deps: AssetRouteDeps): void => {
  void app.get(
    places,
    {
      config: { permission: 'assets.read' },
      schema: {
        ...base,
        summary: 'Places of a tree by asset id: its roots, those below an asset, or all',
        params: treeParams,
        querystring: Type.Object({
          ...pageQuery.properties,
          below: Type.Optional(Type.String({ maxLength: 128, description: 'Directly below this asset.' })),
          all: Type.Boolean({ default: false, description: 'All, wherever they are.' }),
        }),
        response: responses({ 200: pageOf(nodeViewSchema) }),
      },
    },
    async (request) => {
      const { orgId, treeId } = request.params;
      requireOrganizationAccess(request, orgId);
      const { limit, cursor, below, all: isAll } = request.query;
      const assetId = below?.replaceAll('\u0000', '\ufffd').toWellFormed();
      const which = isAll ? 'all' : assetId === undefined ? 'roots' : { assetId };
      const page = { after: idCursor(cursor), limit };
      const { items, next } = await listNodes(deps.store.db, { orgId, treeId, below: which }, page);
      return { items: [...items], nextCursor: next === undefined ? null : encodeCursor(next), total: null };
    },
  );
  void app.put(
    `${places}/:assetId`,
    {
      config: { permission: 'assets.manage' },
      schema: {
        ...base,
        summary: 'Put an asset into a tree, or move it there with all below it',
        params: nodeParams,
        headers: ifMatch,
        body: nodeBody,
        response: responses({ 200: importOutcomeSchema }, 412, 422, 428),
      },
    },
    async (request) => {
      const { orgId, treeId, assetId } = request.params;
      const target = savedBy(request, { orgId, ifMatch: request.headers['if-match'] });
      return saveNode(deps, target, { ...request.body, treeId, assetId });
    },
  );
  void app.delete(
    `${places}/:assetId`,
    {
      config: { permission: 'assets.manage' },
      schema: {
        ...base,
        summary: 'Take an asset out of a tree; not while another is below it there',
        params: nodeParams,
        headers: ifMatch,
        response: responses({ 200: importOutcomeSchema }, 412, 422),
      },
    },
    async (request) => {
      const { orgId, treeId, assetId } = request.params;
      const target = removedBy(request, { orgId, ifMatch: request.headers['if-match'] });
      return removeNode(deps, target, { treeId, assetId });
    },
  );
};
