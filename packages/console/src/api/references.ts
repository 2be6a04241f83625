import { resultOf } from '@penstock/client/session';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { listed, WHOLE_PAGE } from './paging.ts';

/** So many are listed; of more, those that are looked for. */
const MAX_LISTED = 1000;
const FRESH_MS = 30_000;

export const topicsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['topics', orgId],
    queryFn: async () => {
      const params = { path: { orgId } };
      const [{ items }, grants] = await Promise.all([
        resultOf(api.GET('/api/v1/organizations/{orgId}/topics', { params })),
        resultOf(api.GET('/api/v1/organizations/{orgId}/topic-grants', { params })),
      ]);
      return { items, patterns: grants.items.map(({ pattern }) => pattern).filter((text) => text.includes('*')) };
    },
    staleTime: FRESH_MS,
  });

export const connectionsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['connections', orgId],
    queryFn: () =>
      listed(
        (cursor) =>
          resultOf(
            api.GET('/api/v1/organizations/{orgId}/connections', {
              params: { path: { orgId }, query: { limit: WHOLE_PAGE, ...cursor } },
            }),
          ),
        MAX_LISTED,
      ),
    staleTime: FRESH_MS,
  });

export const modelsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['asset-models', orgId],
    queryFn: () =>
      listed(
        (cursor) =>
          resultOf(
            api.GET('/api/v1/organizations/{orgId}/asset-models', {
              params: { path: { orgId }, query: { limit: WHOLE_PAGE, ...cursor } },
            }),
          ),
        MAX_LISTED,
      ),
    staleTime: FRESH_MS,
  });

/** A model with its points and those it inherits; null where there is none of that name. */
export const modelQuery = (orgId: string, modelId: string) =>
  queryOptions({
    queryKey: ['asset-model', orgId, modelId],
    queryFn: async () => {
      const params = { path: { orgId, modelId } };
      const answer = await api.GET('/api/v1/organizations/{orgId}/asset-models/{modelId}', { params });
      if (answer.response.status === 404) return null;
      return resultOf(Promise.resolve(answer));
    },
    staleTime: FRESH_MS,
  });

/** Assets whose id or name has a text in it, by id. */
export const assetsQuery = (orgId: string, text: string) =>
  queryOptions({
    queryKey: ['assets', orgId, text],
    queryFn: () =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/assets', {
          params: { path: { orgId }, query: { limit: 50, heirs: true, ...(text === '' ? {} : { text }) } },
        }),
      ),
    staleTime: FRESH_MS,
  });

/** Forms that stand for ready-made pipelines, with titles in a language; the same for everybody. */
export const templatesQuery = (language: 'en' | 'zh') =>
  queryOptions({
    queryKey: ['templates', language],
    queryFn: async () => (await resultOf(api.GET('/api/v1/templates', { params: { query: { language } } }))).items,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** All operators, those of the organisation's own libraries among them, with titles and descriptions in a language. */
export const operatorsQuery = (orgId: string, language: 'en' | 'zh') =>
  queryOptions({
    queryKey: ['operators', orgId, language],
    queryFn: async () => {
      const { items } = await listed((cursor) =>
        resultOf(
          api.GET('/api/v1/operators', { params: { query: { orgId, language, limit: WHOLE_PAGE, ...cursor } } }),
        ),
      );
      return items;
    },
    staleTime: FRESH_MS,
  });
