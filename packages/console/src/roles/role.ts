import type { Member } from '@penstock/client/session';

/** What a member or a key may do in an organisation. */
export type Role = Member['role'];

/** One may do more than the other. */
export const ROLES: readonly Role[] = ['viewer', 'operator', 'designer', 'administrator'];
