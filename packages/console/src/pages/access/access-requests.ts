import { resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { after, listed, PAGED, WHOLE_PAGE } from '../../api/paging.ts';
import type { Role } from '../../roles/role.ts';

export const keysQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['access-keys', orgId],
    queryFn: () =>
      listed((cursor) =>
        resultOf(
          api.GET('/api/v1/organizations/{orgId}/access-keys', {
            params: { path: { orgId }, query: { limit: WHOLE_PAGE, ...cursor } },
          }),
        ),
      ),
  });

export interface NewKey {
  readonly name: string;
  readonly role: Role;
  /** Unix ms; absent: it is good for ever. */
  readonly expiresAt?: number;
}

/** Makes a key; its secret is told this once. */
export const createKey = (orgId: string, body: NewKey) =>
  resultOf(api.POST('/api/v1/organizations/{orgId}/access-keys', { params: { path: { orgId } }, body }));

export const deleteKey = (orgId: string, accessKey: string) =>
  resultOf(
    api.DELETE('/api/v1/organizations/{orgId}/access-keys/{accessKey}', { params: { path: { orgId, accessKey } } }),
  );

/** Has the token that was got with a key be worth nothing from now on; the key itself stays good. */
export const revokeTokens = (orgId: string, accessKey: string) =>
  resultOf(
    api.DELETE('/api/v1/organizations/{orgId}/access-keys/{accessKey}/tokens', {
      params: { path: { orgId, accessKey } },
    }),
  );

export const topicGrantsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['topic-grants', orgId],
    queryFn: () => resultOf(api.GET('/api/v1/organizations/{orgId}/topic-grants', { params: { path: { orgId } } })),
  });

export const grantTopics = (
  orgId: string,
  body: { readonly pattern: string; readonly read: boolean; readonly write: boolean },
) => resultOf(api.PUT('/api/v1/organizations/{orgId}/topic-grants', { params: { path: { orgId } }, body }));

export const withdrawTopics = (orgId: string, pattern: string) =>
  resultOf(
    api.DELETE('/api/v1/organizations/{orgId}/topic-grants', { params: { path: { orgId }, query: { pattern } } }),
  );

export interface AuditFilters {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
}

const PAGE = 50;

/** Who did what, the newest first. */
export const auditQuery = (orgId: string, filters: AuditFilters) =>
  infiniteQueryOptions({
    queryKey: ['audit', orgId, filters],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/audit', {
          params: {
            path: { orgId },
            query: { ...filters, limit: PAGE, ...after(pageParam) },
          },
        }),
      ),
    ...PAGED,
    placeholderData: (before) => before,
    staleTime: 0,
  });
