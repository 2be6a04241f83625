import { resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { type PipelineFilters, queryOfFilters } from './filters/pipeline-filters.ts';
import { after, PAGED } from './paging.ts';

/** Type of a pipeline whose document is stages; any other is the form of a template. */
export const OF_STAGES = 1;

/** Pipelines that are asked for at once; further ones come while one scrolls. */
const PAGE = 100;

/** A list of pipelines, page by page. */
export const pipelinesQuery = (orgId: string, filters: PipelineFilters) =>
  infiniteQueryOptions({
    queryKey: ['pipelines', orgId, filters],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/pipelines', {
          params: {
            path: { orgId },
            query: { ...queryOfFilters(filters), limit: PAGE, ...after(pageParam) },
          },
        }),
      ),
    ...PAGED,
  });

/** Groups and labels in use. */
export const filingQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['pipeline-filing', orgId],
    queryFn: () => resultOf(api.GET('/api/v1/organizations/{orgId}/pipeline-filing', { params: { path: { orgId } } })),
    staleTime: 30_000,
  });

export const pipelineQuery = (pipelineId: string) =>
  queryOptions({
    queryKey: ['pipeline', pipelineId],
    queryFn: () => resultOf(api.GET('/api/v1/pipelines/{pipelineId}', { params: { path: { pipelineId } } })),
  });

export const startOptionsQuery = (pipelineId: string) =>
  queryOptions({
    queryKey: ['start-options', pipelineId],
    queryFn: () =>
      resultOf(api.GET('/api/v1/pipelines/{pipelineId}/start-options', { params: { path: { pipelineId } } })),
    gcTime: 0,
    staleTime: 0,
  });
