import { resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../client.ts';
import { type LetterFilters, queryOfLetterFilters } from '../filters/letter-filters.ts';
import { after, PAGED } from '../paging.ts';

const PAGE = 50;

/** How many dead letters there are of what. */
export const letterGroupsQuery = (orgId: string, pipelineId: string | undefined) =>
  queryOptions({
    queryKey: ['letter-groups', orgId, pipelineId],
    queryFn: () =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/dead-letter-groups', {
          params: { path: { orgId }, query: pipelineId === undefined ? {} : { pipelineId } },
        }),
      ),
  });

/** Dead letters, newest first, page by page. */
export const lettersQuery = (orgId: string, filters: LetterFilters) =>
  infiniteQueryOptions({
    queryKey: ['letters', orgId, queryOfLetterFilters(filters)],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/dead-letters', {
          params: {
            path: { orgId },
            query: {
              ...queryOfLetterFilters(filters),
              limit: PAGE,
              ...after(pageParam),
            },
          },
        }),
      ),
    ...PAGED,
  });

/** One dead letter. Nothing of it changes but that it is replayed, and then it is asked for again. */
export const letterQuery = (orgId: string, letterId: string) =>
  queryOptions({
    queryKey: ['letter', orgId, letterId],
    queryFn: () =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/dead-letters/{letterId}', { params: { path: { orgId, letterId } } }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface ReplayRequest {
  readonly orgId: string;
  readonly ids: readonly string[];
  readonly from: 'stage' | 'source';
  readonly again: boolean;
  /** Texts that go on in place of what the stage saw, by the ids of letters. */
  readonly edits?: Readonly<Record<string, string>>;
}

/** Sends dead letters back, and tells of each that was not. */
export const replayLetters = ({ orgId, ids, from, again, edits }: ReplayRequest) =>
  resultOf(
    api.POST('/api/v1/organizations/{orgId}/dead-letters/replay', {
      params: { path: { orgId } },
      body: { ids: [...ids], from, again, ...(edits === undefined ? {} : { edits: { ...edits } }) },
    }),
  );
