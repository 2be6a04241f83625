import { type Connection, PenstockError, resultOf } from '@penstock/client/session';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { JsonObject } from '../../document/json.ts';

/** Kinds of connections with the schemas of what they want to know. */
export const kindsQuery = queryOptions({
  queryKey: ['connection-kinds'],
  queryFn: () => resultOf(api.GET('/api/v1/connection-kinds')),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Stages that name a connection. */
export const usersOfQuery = (orgId: string, name: string) =>
  queryOptions({
    queryKey: ['connection-users', orgId, name],
    queryFn: () =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/connections/{name}/used-by', { params: { path: { orgId, name } } }),
      ),
    staleTime: 0,
  });

export interface ConnectionDraft {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly settings: JsonObject;
  /** Those that are given anew; null takes one away. What is absent stays as it is. */
  readonly secrets: Readonly<Record<string, string | null>>;
}

/** Makes a connection, or changes one that was seen. Errors: `FIELD_INVALID`, `REVISION_OUTDATED` and others. */
export const saveConnection = (orgId: string, draft: ConnectionDraft, seen: Connection | undefined) => {
  const { name, kind, ...rest } = draft;
  if (seen === undefined)
    return resultOf(
      api.POST('/api/v1/organizations/{orgId}/connections', {
        params: { path: { orgId } },
        body: { name, kind, ...rest },
      }),
    );
  return resultOf(
    api.PUT('/api/v1/organizations/{orgId}/connections/{name}', {
      params: { path: { orgId, name }, header: { 'if-match': `"${seen.revision}"` } },
      body: rest,
    }),
  );
};

export const deleteConnection = (orgId: string, name: string) =>
  resultOf(api.DELETE('/api/v1/organizations/{orgId}/connections/{name}', { params: { path: { orgId, name } } }));

/** Really connects, as pipelines would. */
export const testConnection = (orgId: string, name: string) =>
  resultOf(api.POST('/api/v1/organizations/{orgId}/connections/{name}/test', { params: { path: { orgId, name } } }));

/** What the service says of a part of what was sent, by its JSON Pointer. */
export const problemsAt = (error: unknown, pointer: string): readonly string[] =>
  error instanceof PenstockError
    ? error.issues.filter(({ path }) => path === pointer).map(({ message }) => message)
    : [];
