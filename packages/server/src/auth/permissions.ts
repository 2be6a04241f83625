/** What a role may do in an organisation, one more than the other. */
export const ROLES = ['viewer', 'operator', 'designer', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

/**
 * What a route asks for:
 * - `anyone`: good credentials, whosever;
 * - `installation.manage`: an administrator of the whole installation;
 * - the others: a role in the organisation that the route is about.
 */
export type Permission =
  | 'anyone'
  | 'organization.read'
  | 'organization.manage'
  | 'pipelines.read'
  | 'pipelines.operate'
  | 'pipelines.design'
  | 'assets.read'
  | 'assets.manage'
  | 'data.read'
  | 'data.replay'
  | 'installation.manage';

/** The least role that has a permission. */
const LEAST_ROLE: Readonly<Record<Exclude<Permission, 'anyone' | 'installation.manage'>, Role>> = {
  'organization.read': 'viewer',
  'pipelines.read': 'viewer',
  'pipelines.operate': 'operator',
  'assets.read': 'viewer',
  'data.read': 'operator',
  'data.replay': 'operator',
  'pipelines.design': 'designer',
  'assets.manage': 'designer',
  'organization.manage': 'administrator',
};

/** Whether a role in an organisation has a permission there. */
export const roleMay = (role: Role, permission: Permission): boolean => {
  if (permission === 'anyone') return true;
  if (permission === 'installation.manage') return false;
  return ROLES.indexOf(role) >= ROLES.indexOf(LEAST_ROLE[permission]);
};
