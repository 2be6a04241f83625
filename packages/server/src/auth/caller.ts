import { isRole, type Permission, ROLES, type Role, roleMay } from './permissions.ts';

/** An organisation, acting by one of its access keys. */
export interface KeyCaller {
  readonly kind: 'organization';
  readonly orgId: string;
  readonly accessKey: string;
  readonly role: Role;
}

/** Who calls: whoever has the admin token, or an organisation. */
export type Caller = { readonly kind: 'admin' } | KeyCaller;

/** The name of a caller in audit entries. */
export const actorOf = (caller: Caller): string => (caller.kind === 'admin' ? 'admin' : caller.accessKey);

/** A caller's role in an organisation; undefined where there is none, so that it is no business of the caller's. */
export const roleIn = (caller: Caller, orgId: string): Role | undefined => {
  if (caller.kind === 'admin') return 'administrator';
  return caller.orgId === orgId ? caller.role : undefined;
};

/** Whether a caller has a permission in at least one organisation. */
export const maySomewhere = (caller: Caller, permission: Permission): boolean =>
  caller.kind === 'admin' || roleMay(caller.role, permission);

export const parseRole = (text: string): Role => {
  if (isRole(text)) return text;
  throw new Error(`"${text}" is none of ${ROLES.join(', ')}`);
};
