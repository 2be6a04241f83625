import { type Resource, resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { after, PAGED } from '../../api/paging.ts';

export type ResourceName = Resource['resource'];

const DAY_MS = 24 * 3600_000;
/** How far back the use of a resource is drawn. */
export const USAGE_DAYS = 30;

/** Every resource with what is granted, used and left. */
export const resourcesQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['resources', orgId],
    queryFn: () => resultOf(api.GET('/api/v1/organizations/{orgId}/resources', { params: { path: { orgId } } })),
  });

/** What was used of a resource over time, the oldest first. */
export const usageQuery = (orgId: string, resource: ResourceName) =>
  queryOptions({
    queryKey: ['resource-usage', orgId, resource],
    queryFn: () => {
      const to = Date.now();
      return resultOf(
        api.GET('/api/v1/organizations/{orgId}/resources/{resource}/usage', {
          params: { path: { orgId, resource }, query: { from: to - USAGE_DAYS * DAY_MS, to } },
        }),
      );
    },
  });

/** Grants so many CU of a resource, or withdraws the grant. */
export const setGrant = async (orgId: string, resource: ResourceName, cu: number | undefined): Promise<unknown> => {
  const path = { orgId, resource };
  if (cu === undefined)
    return resultOf(api.DELETE('/api/v1/organizations/{orgId}/grants/{resource}', { params: { path } }));
  return resultOf(api.PUT('/api/v1/organizations/{orgId}/grants/{resource}', { params: { path }, body: { cu } }));
};

/** So many are asked for at once. */
const TOPICS = 50;

/** Topics the organisation has made, by name, with what lies in them. */
export const queueTopicsQuery = (orgId: string) =>
  infiniteQueryOptions({
    queryKey: ['queue-topics', orgId],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/queue-topics', {
          params: { path: { orgId }, query: { limit: TOPICS, ...after(pageParam) } },
        }),
      ),
    ...PAGED,
  });

/** How large a topic may be, and how long it keeps records. */
export interface TopicSize {
  readonly description: string;
  readonly partitions: number;
  readonly retentionHours: number;
  readonly maxBytes: number;
}

export const createTopic = (orgId: string, topic: string, size: TopicSize) =>
  resultOf(
    api.POST('/api/v1/organizations/{orgId}/queue-topics', { params: { path: { orgId } }, body: { topic, ...size } }),
  );

export const changeTopic = (orgId: string, topic: string, size: TopicSize) =>
  resultOf(
    api.PATCH('/api/v1/organizations/{orgId}/queue-topics/{topic}', {
      params: { path: { orgId, topic } },
      body: { ...size },
    }),
  );

export const deleteTopic = (orgId: string, topic: string) =>
  resultOf(api.DELETE('/api/v1/organizations/{orgId}/queue-topics/{topic}', { params: { path: { orgId, topic } } }));

/** Operator libraries with their operators, and which are installed. */
export const librariesQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['libraries', orgId],
    queryFn: () => resultOf(api.GET('/api/v1/organizations/{orgId}/libraries', { params: { path: { orgId } } })),
  });

/** Stages whose operators no other installed library has. */
export const libraryUsersQuery = (orgId: string, library: string) =>
  queryOptions({
    queryKey: ['library-users', orgId, library],
    queryFn: () =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/libraries/{library}/used-by', { params: { path: { orgId, library } } }),
      ),
    gcTime: 0,
    staleTime: 0,
  });

export const installLibrary = (orgId: string, library: string) =>
  resultOf(api.PUT('/api/v1/organizations/{orgId}/libraries/{library}', { params: { path: { orgId, library } } }));

export const uninstallLibrary = (orgId: string, library: string) =>
  resultOf(api.DELETE('/api/v1/organizations/{orgId}/libraries/{library}', { params: { path: { orgId, library } } }));

/** Installs a library of the organisation's own; what is wrong is told as issues with places in the package. */
export const uploadLibrary = (orgId: string, body: Record<string, unknown>) =>
  resultOf(api.POST('/api/v1/organizations/{orgId}/libraries', { params: { path: { orgId } }, body }));

/** The package of a library of the organisation's own, as it was installed. */
export const readLibraryPackage = (orgId: string, library: string) =>
  resultOf(
    api.GET('/api/v1/organizations/{orgId}/libraries/{library}/package', { params: { path: { orgId, library } } }),
  );
