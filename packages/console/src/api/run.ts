import { resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { after, PAGED } from './paging.ts';

/** So much of the past is drawn. */
export const SERIES_MS = 3600_000;
const EVENTS = 50;

/** The document a run works by: the released version, or the design copy where nothing is released. */
export const documentQuery = (pipelineId: string, version: number | null, revision: number) =>
  queryOptions({
    queryKey: ['document', pipelineId, version, version === null ? revision : null],
    queryFn: (): Promise<unknown> =>
      resultOf(
        api.GET('/api/v1/pipelines/{pipelineId}/document', {
          params: { path: { pipelineId }, query: { released: version !== null } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Samples of the last hour, oldest first. */
export const seriesQuery = (pipelineId: string) =>
  queryOptions({
    queryKey: ['series', pipelineId],
    queryFn: () => {
      const to = Date.now();
      return resultOf(
        api.GET('/api/v1/pipelines/{pipelineId}/metrics', {
          params: { path: { pipelineId }, query: { from: to - SERIES_MS, to } },
        }),
      );
    },
  });

/** What happened, newest first, page by page. */
export const eventsQuery = (pipelineId: string) =>
  infiniteQueryOptions({
    queryKey: ['events', pipelineId],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/pipelines/{pipelineId}/events', {
          params: {
            path: { pipelineId },
            query: { limit: EVENTS, ...after(pageParam) },
          },
        }),
      ),
    ...PAGED,
  });
