import { resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../client.ts';
import { placeOfRecord, queryOfTopicLook, type TopicLook } from '../filters/topic-filters.ts';
import { after, PAGED } from '../paging.ts';

const RECORDS = '/api/v1/organizations/{orgId}/topics/{topic}/records';
/** So many are asked for at once. */
const PAGE = 50;

/** Records of a topic: the newest, or from a place on. A look ends: it is made again by whoever looks. */
export const topicRecordsQuery = (orgId: string, topic: string, look: TopicLook) =>
  infiniteQueryOptions({
    queryKey: ['topic-records', orgId, topic, queryOfTopicLook(look)],
    queryFn: ({ pageParam, signal }) =>
      resultOf(
        api.GET(RECORDS, {
          params: { path: { orgId, topic }, query: { ...queryOfTopicLook(look), limit: PAGE, ...after(pageParam) } },
          signal,
        }),
      ),
    ...PAGED,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnReconnect: false,
  });

/** One record of a topic by its place; null where there is none, as after its retention. It never changes. */
export const topicRecordQuery = (orgId: string, topic: string, record: string) =>
  queryOptions({
    queryKey: ['topic-record', orgId, topic, record],
    queryFn: async ({ signal }) => {
      const place = placeOfRecord(record);
      const { items } = await resultOf(
        api.GET(RECORDS, { params: { path: { orgId, topic }, query: { ...place, limit: 1 } }, signal }),
      );
      return items.find(({ offset }) => offset === place.offset) ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
