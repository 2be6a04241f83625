import { isRole, type Permission, ROLES, type Role, roleMay } from './permissions.ts';

/** An organisation, acting by one of its access keys. */
export interface KeyCaller {
  readonly kind: 'organization';
  readonly orgId: string;
  readonly accessKey: string;
  readonly role: Role;
}

/** Somebody who is signed in. */
export interface UserCaller {
  readonly kind: 'user';
  readonly userId: string;
  readonly email: string;
  readonly sessionId: string;
  /** How the session was begun: `password`, `link` or `oidc`. */
  readonly method: string;
  /** Administers the whole installation, as whoever has the admin token does. */
  readonly isAdministrator: boolean;
  /** By organisation. */
  readonly roles: ReadonlyMap<string, Role>;
}

/** Who calls: whoever has the admin token, an organisation, or a user. */
export type Caller = { readonly kind: 'admin' } | KeyCaller | UserCaller;

/** The name of a caller in audit entries. */
export const actorOf = (caller: Caller): string =>
  caller.kind === 'admin' ? 'admin' : caller.kind === 'user' ? caller.email : caller.accessKey;

/** Whether a caller administers the whole installation. */
export const isInstallationAdministrator = (caller: Caller): boolean =>
  caller.kind === 'admin' || (caller.kind === 'user' && caller.isAdministrator);

/** A caller's role in an organisation; undefined where there is none, so that it is no business of the caller's. */
export const roleIn = (caller: Caller, orgId: string): Role | undefined => {
  if (isInstallationAdministrator(caller)) return 'administrator';
  if (caller.kind === 'user') return caller.roles.get(orgId);
  return caller.kind === 'organization' && caller.orgId === orgId ? caller.role : undefined;
};

/** Whether a caller has a permission in at least one organisation. */
export const maySomewhere = (caller: Caller, permission: Permission): boolean => {
  if (permission === 'anyone' || isInstallationAdministrator(caller)) return true;
  const roles =
    caller.kind === 'user' ? [...caller.roles.values()] : caller.kind === 'organization' ? [caller.role] : [];
  return roles.some((role) => roleMay(role, permission));
};

export const parseRole = (text: string): Role => {
  if (isRole(text)) return text;
  throw new Error(`"${text}" is none of ${ROLES.join(', ')}`);
};
