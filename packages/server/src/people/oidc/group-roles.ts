import { parseRole } from '../../auth/caller.ts';
import { ROLES, type Role } from '../../auth/permissions.ts';
import type { GroupRole } from '../../settings/sign-in/sign-in-settings.ts';

/** What the provider's groups give somebody. */
export interface GivenRoles {
  readonly isAdministrator: boolean;
  /** By organisation, the highest where several groups give one. */
  readonly roles: ReadonlyMap<string, Role>;
}

export const rolesOfGroups = (mapping: readonly GroupRole[], groups: readonly string[]): GivenRoles => {
  const has = new Set(groups);
  const given = mapping.filter(({ group }) => has.has(group));
  const roles = new Map<string, Role>();
  for (const { orgId, role: text } of given) {
    if (orgId === undefined) continue;
    const role = parseRole(text);
    const before = roles.get(orgId);
    if (before === undefined || ROLES.indexOf(role) > ROLES.indexOf(before)) roles.set(orgId, role);
  }
  return { isAdministrator: given.some(({ orgId }) => orgId === undefined), roles };
};
