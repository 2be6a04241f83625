import { and, eq, inArray } from 'drizzle-orm';
import { organizations } from '../../store/schema.ts';
import { memberships, users } from '../../store/schema-people.ts';
import { recordAudit } from '../../use-case/record-event.ts';
import type { Database, PeopleDeps } from '../people.ts';
import type { UserRow } from '../users.ts';
import type { GivenRoles } from './group-roles.ts';

/**
 * Brings what the provider once gave a user to what it gives now. What was given here stays as it is, and comes before
 * what the provider says of the same organisation. Resolves to whether the user administers the installation.
 */
export const giveRoles = async (deps: PeopleDeps, tx: Database, user: UserRow, given: GivenRoles): Promise<boolean> => {
  const { userId } = user;
  const at = deps.clock.now();
  const note = (action: string, orgId: string | null, detail: string): Promise<void> =>
    recordAudit(tx, { at, orgId, actor: user.email, action, target: userId, detail });
  const existing = await tx.select().from(memberships).where(eq(memberships.userId, userId));
  const known = given.roles.size === 0 ? [] : await knownOf(tx, [...given.roles.keys()]);
  for (const orgId of known) {
    const role = given.roles.get(orgId);
    const before = existing.find((membership) => membership.orgId === orgId);
    if (role === undefined || before?.source === 'local' || before?.role === role) continue;
    await tx
      .insert(memberships)
      .values({ userId, orgId, role, source: 'oidc', createdAt: at })
      .onConflictDoUpdate({ target: [memberships.userId, memberships.orgId], set: { role } });
    await note('member.set', orgId, `${user.email} ${role} (by the provider)`);
  }
  for (const { orgId, source } of existing) {
    if (source !== 'oidc' || given.roles.has(orgId)) continue;
    await tx.delete(memberships).where(and(eq(memberships.userId, userId), eq(memberships.orgId, orgId)));
    await note('member.remove', orgId, `${user.email} (by the provider)`);
  }
  return administers(tx, user, given.isAdministrator, note);
};

/** Organisations that exist: settings may name some that are yet to come. */
const knownOf = async (tx: Database, orgIds: readonly string[]): Promise<readonly string[]> => {
  const rows = await tx
    .select({ orgId: organizations.orgId })
    .from(organizations)
    .where(inArray(organizations.orgId, [...orgIds]));
  return rows.map(({ orgId }) => orgId);
};

const administers = async (
  tx: Database,
  { userId, isAdministrator, isAdministratorByProvider }: UserRow,
  isGiven: boolean,
  note: (action: string, orgId: null, detail: string) => Promise<void>,
): Promise<boolean> => {
  const isGivenHere = isAdministrator && !isAdministratorByProvider;
  if (isGivenHere || isGiven === isAdministrator) return isAdministrator;
  await tx
    .update(users)
    .set({ isAdministrator: isGiven, isAdministratorByProvider: isGiven })
    .where(eq(users.userId, userId));
  await note('user.change', null, `${isGiven ? 'administrator' : 'no administrator'} (by the provider)`);
  return isGiven;
};
