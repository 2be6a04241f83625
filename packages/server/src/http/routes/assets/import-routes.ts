import { isJsonObject, type JsonValue } from '@penstock/model';
import { Type } from 'typebox';
import { importAssets } from '../../../assets/import-assets.ts';
import { CSV_KINDS, type CsvKind } from '../../../assets/imports/csv-columns.ts';
import { CHANGE_SECTIONS, type ChangesPosition, readAssetChanges } from '../../../assets/read/read-asset-changes.ts';
import { actorOf } from '../../../auth/caller.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { acceptCsvBodies } from '../../plugins/raw-body.ts';
import { bearer, orgParams, responses } from '../../plugins/schemas.ts';
import type { AssetRouteDeps } from './asset-route-deps.ts';
import { assetChangesSchema, importOutcomeSchema } from './asset-schemas.ts';

const base = { tags: ['Assets'], security: bearer };
/** 100,000 assets are some 30 MB of JSON. */
const IMPORT_BYTES = 40 * 1024 * 1024;
const dryRun = Type.Boolean({ default: false, description: 'Only say what would become of it.' });

/** Models, assets and trees as files, and what has changed since. */
export const registerImportRoutes = (app: ApiInstance, deps: AssetRouteDeps): void => {
  void app.post(
    '/organizations/:orgId/assets/import',
    {
      config: { permission: 'assets.manage' },
      bodyLimit: IMPORT_BYTES,
      schema: {
        ...base,
        summary: 'Take in a file of models, assets and trees, all of it or nothing',
        params: orgParams,
        querystring: Type.Object({ dryRun }),
        body: Type.Unsafe<unknown>({
          type: 'object',
          description:
            '`models`, `assets`, `trees` (with `nodes`), `nodes`, `removed` (ids by kind): entries with their id in them.',
        }),
        response: responses({ 200: importOutcomeSchema }, 413, 422),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      const file = { form: 'json', value: request.body as JsonValue } as const;
      return importAssets(deps, { orgId, actor, file, dryRun: request.query.dryRun });
    },
  );
  void app.register(async (scope: ApiInstance) => registerCsvRoute(scope, deps));
  void app.get(
    '/organizations/:orgId/asset-changes',
    {
      config: { permission: 'assets.read' },
      schema: {
        ...base,
        summary: 'Everything that has changed since a revision, in the form of an import; since 0 all there is',
        params: orgParams,
        querystring: Type.Object({
          since: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
          storeId: Type.Optional(Type.String({ maxLength: 64, description: 'Of the store that revision is of.' })),
          limit: Type.Integer({ minimum: 1, maximum: 5000, default: 1000, description: 'Entries at most.' }),
          cursor: Type.Optional(Type.String({ maxLength: 2000 })),
        }),
        response: responses({ 200: assetChangesSchema }, 409),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      const { since, storeId, limit, cursor } = request.query;
      const after = decodeCursor(cursor, positionOf);
      const { next, ...page } = await readAssetChanges(deps.store.db, { orgId, storeId, since, after, limit });
      const nextCursor = next === undefined ? null : encodeCursor(next);
      return { ...page, nextCursor };
    },
  );
};

const registerCsvRoute = (app: ApiInstance, deps: AssetRouteDeps): void => {
  acceptCsvBodies(app);
  void app.post(
    '/organizations/:orgId/assets/import-csv',
    {
      config: { permission: 'assets.manage' },
      bodyLimit: IMPORT_BYTES,
      schema: {
        ...base,
        summary: 'Take in a CSV file with a header, all of it or nothing',
        consumes: ['text/csv'],
        params: orgParams,
        querystring: Type.Object({
          kind: Type.Unsafe<CsvKind>({ type: 'string', enum: [...CSV_KINDS], description: 'What its rows are.' }),
          dryRun,
        }),
        body: Type.String({ description: 'UTF-8; separated by comma, semicolon or tab.' }),
        response: responses({ 200: importOutcomeSchema }, 413, 422),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      const { kind, dryRun: isTrial } = request.query;
      const file = { form: 'csv', text: request.body, kind } as const;
      return importAssets(deps, { orgId, actor, file, dryRun: isTrial });
    },
  );
};

const positionOf = (value: unknown): ChangesPosition | undefined => {
  if (!isJsonObject(value)) return undefined;
  const { since, upTo, kind: section, revision, id = null, nodeId } = value;
  const kind = CHANGE_SECTIONS.find((each) => each === section);
  if (kind === undefined || !isRevision(since) || !isRevision(upTo) || !isRevision(revision)) return undefined;
  if (!isStorable(nodeId) || (id !== null && !isStorable(id))) return undefined;
  return { since, upTo, kind, revision, id, nodeId };
};

const isRevision = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isStorable = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 300 && !value.includes('\u0000') && value.isWellFormed();
