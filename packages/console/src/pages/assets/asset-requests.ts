import { type AssetImportOutcome, resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { AssetFilters } from '../../api/filters/asset-filters.ts';
import { after, PAGED } from '../../api/paging.ts';
import { isObject, type JsonObject, parseJson } from '../../document/json.ts';

/** So many are asked for at once. */
const PAGE = 100;

/** Assets that have words of a text, are of a model or an heir of it, and are in a tree; by id. */
export const assetListQuery = (orgId: string, filters: AssetFilters) =>
  infiniteQueryOptions({
    queryKey: ['assets', orgId, filters],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/assets', {
          params: {
            path: { orgId },
            query: { ...filters, heirs: true, limit: PAGE, ...after(pageParam) },
          },
        }),
      ),
    ...PAGED,
    placeholderData: (before) => before,
  });

export const assetQuery = (orgId: string, assetId: string) =>
  queryOptions({
    queryKey: ['asset', orgId, assetId],
    queryFn: () =>
      resultOf(api.GET('/api/v1/organizations/{orgId}/assets/{assetId}', { params: { path: { orgId, assetId } } })),
  });

/** How much there is. */
export const storeQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['asset-store', orgId],
    queryFn: () => resultOf(api.GET('/api/v1/organizations/{orgId}/asset-store', { params: { path: { orgId } } })),
  });

export const treesQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['asset-trees', orgId],
    queryFn: () => resultOf(api.GET('/api/v1/organizations/{orgId}/asset-trees', { params: { path: { orgId } } })),
  });

/** What lies directly below an asset in a tree; without one, what lies at the top. */
export const placesQuery = (orgId: string, treeId: string, below: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['asset-places', orgId, treeId, below],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/asset-trees/{treeId}/places', {
          params: {
            path: { orgId, treeId },
            query: { limit: PAGE, all: false, ...(below === undefined ? {} : { below }), ...after(pageParam) },
          },
        }),
      ),
    ...PAGED,
  });

export const CSV_KINDS = ['assets', 'models', 'points', 'nodes'] as const;

/** What a file is, and what is in it. */
export type AssetFile =
  | { readonly form: 'json'; readonly content: JsonObject }
  | { readonly form: 'csv'; readonly kind: (typeof CSV_KINDS)[number]; readonly text: string };

export const isJsonFile = (name: string): boolean => /\.json$/i.test(name);

/** A JSON file has to hold an object; anything else is taken for CSV. Errors: `SyntaxError`. */
export const readAssetFile = (name: string, text: string, kind: (typeof CSV_KINDS)[number]): AssetFile => {
  if (!isJsonFile(name)) return { form: 'csv', kind, text };
  const content = parseJson(text.replace(/^\uFEFF/, ''));
  if (!isObject(content)) throw new SyntaxError('it holds no object');
  return { form: 'json', content };
};

/** Takes a file in as a whole, or not at all; a dry run does everything and takes it back. */
export const importAssets = (orgId: string, file: AssetFile, dryRun: boolean): Promise<AssetImportOutcome> => {
  if (file.form === 'json')
    return resultOf(
      api.POST('/api/v1/organizations/{orgId}/assets/import', {
        params: { path: { orgId }, query: { dryRun } },
        body: file.content,
      }),
    );
  return resultOf(
    api.POST('/api/v1/organizations/{orgId}/assets/import-csv', {
      params: { path: { orgId }, query: { dryRun, kind: file.kind } },
      body: file.text,
      bodySerializer: (text) => text,
      headers: { 'content-type': 'text/csv' },
    }),
  );
};
