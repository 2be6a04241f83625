import { resultOf } from '@penstock/client/session';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { after, PAGED } from '../../api/paging.ts';
import type { Role } from '../../roles/role.ts';

/** So many are asked for at once. */
const PAGE = 100;

/** Members of an organisation, by e-mail address. */
export const membersQuery = (orgId: string) =>
  infiniteQueryOptions({
    queryKey: ['members', orgId],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/members', {
          params: { path: { orgId }, query: { limit: PAGE, ...after(pageParam) } },
        }),
      ),
    ...PAGED,
  });

/** Makes somebody a member, or gives them another role. */
export const setMember = (orgId: string, email: string, role: Role) =>
  resultOf(api.PUT('/api/v1/organizations/{orgId}/members', { params: { path: { orgId } }, body: { email, role } }));

export const removeMember = (orgId: string, userId: string) =>
  resultOf(api.DELETE('/api/v1/organizations/{orgId}/members/{userId}', { params: { path: { orgId, userId } } }));

/** Users of the whole service, by e-mail address; only for who administers it. */
export const usersQuery = infiniteQueryOptions({
  queryKey: ['users'],
  queryFn: ({ pageParam }) =>
    resultOf(
      api.GET('/api/v1/users', {
        params: { query: { limit: PAGE, ...after(pageParam) } },
      }),
    ),
  ...PAGED,
});

export const createUser = (body: {
  readonly email: string;
  readonly name: string;
  readonly isAdministrator: boolean;
}) => resultOf(api.POST('/api/v1/users', { body }));

export const setDisabled = (userId: string, isDisabled: boolean) =>
  resultOf(api.PATCH('/api/v1/users/{userId}', { params: { path: { userId } }, body: { isDisabled } }));

/** The whole address of a link that signs somebody in once, and how long it is good. */
export const makeLink = async (email: string) => {
  const { path, expiresAt } = await resultOf(api.POST('/api/v1/sign-in-links', { body: { email } }));
  return { address: new URL(path, window.location.origin).href, expiresAt };
};
