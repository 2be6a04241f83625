import { PenstockError, resultOf, type SignedIn } from '@penstock/client/session';
import { queryOptions } from '@tanstack/react-query';
import { api, rememberCsrfToken } from './client.ts';
import { listed, WHOLE_PAGE } from './paging.ts';

/** Who is signed in; null where nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<SignedIn | null> => {
    try {
      const session = await resultOf(api.GET('/api/v1/session'));
      rememberCsrfToken(session.csrfToken);
      return session;
    } catch (error) {
      if (!(error instanceof PenstockError && error.status === 401)) throw error;
      rememberCsrfToken(undefined);
      return null;
    }
  },
  staleTime: 60_000,
});

/** How people can sign in here. */
export const waysQuery = queryOptions({
  queryKey: ['ways-to-sign-in'],
  queryFn: () => resultOf(api.GET('/api/v1/session/ways')),
  staleTime: 60_000,
});

export const signIn = (email: string, password: string) =>
  resultOf(api.POST('/api/v1/session', { body: { email, password } }));

export const signOut = () => resultOf(api.DELETE('/api/v1/session'));

export interface OrganizationChoice {
  readonly orgId: string;
  readonly name: string;
}

/** The organisations somebody may see: all of them for who administers the installation, else those with a role. */
export const organizationsQuery = (session: SignedIn) =>
  queryOptions({
    queryKey: ['organizations', session.userId],
    queryFn: async (): Promise<readonly OrganizationChoice[]> => {
      if (session.isAdministrator) {
        const { items } = await listed((cursor) =>
          resultOf(api.GET('/api/v1/organizations', { params: { query: { limit: WHOLE_PAGE, ...cursor } } })),
        );
        return items.map(({ orgId, name }) => ({ orgId, name }));
      }
      return Promise.all(
        session.roles.map(async ({ orgId }) => {
          const { name } = await resultOf(api.GET('/api/v1/organizations/{orgId}', { params: { path: { orgId } } }));
          return { orgId, name };
        }),
      );
    },
    staleTime: 60_000,
  });

const OPERATORS = new Set(['operator', 'designer', 'administrator']);

const DESIGNERS = new Set(['designer', 'administrator']);

/** Whether somebody may change the design copies of an organisation's pipelines, and release them. */
export const mayDesign = (session: SignedIn, orgId: string): boolean =>
  session.isAdministrator || session.roles.some((role) => role.orgId === orgId && DESIGNERS.has(role.role));

/** Whether somebody may start, pause and stop pipelines of an organisation, and look at its data. */
export const mayOperate = (session: SignedIn, orgId: string): boolean =>
  session.isAdministrator || session.roles.some((role) => role.orgId === orgId && OPERATORS.has(role.role));

/** Whether somebody may change who and what belongs to an organisation. */
export const mayManage = (session: SignedIn, orgId: string): boolean =>
  session.isAdministrator || session.roles.some((role) => role.orgId === orgId && role.role === 'administrator');
