import { and, asc, eq } from 'drizzle-orm';
import { parseRole } from '../auth/caller.ts';
import type { Role } from '../auth/permissions.ts';
import { memberships, users } from '../store/schema-people.ts';
import { isPlausibleId } from '../store/storable-text.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import type { Database, PeopleDeps } from './people.ts';
import { emailOf, findUser, userUnknown } from './users.ts';

/** What a user is in an organisation. */
export interface MemberView {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** `local`: given here; `oidc`: by the provider. */
  readonly source: 'local' | 'oidc';
  readonly isDisabled: boolean;
  readonly since: number;
}

/** Errors: `ORGANIZATION_UNKNOWN`. */
export const listMembers = async (deps: PeopleDeps, orgId: string): Promise<readonly MemberView[]> => {
  await requireOrganization(deps.store.db, orgId);
  const rows = await deps.store.db
    .select({ user: users, membership: memberships })
    .from(memberships)
    .innerJoin(users, eq(users.userId, memberships.userId))
    .where(eq(memberships.orgId, orgId))
    .orderBy(asc(users.email));
  return rows.map(({ user, membership }) => ({
    userId: user.userId,
    email: user.email,
    name: user.name,
    role: parseRole(membership.role),
    source: membership.source === 'oidc' ? 'oidc' : 'local',
    isDisabled: user.disabledAt !== null,
    since: membership.createdAt,
  }));
};

/** A user's organisations, with the role in each. */
export const rolesOf = async (db: Database, userId: string): Promise<ReadonlyMap<string, Role>> => {
  const rows = await db.select().from(memberships).where(eq(memberships.userId, userId));
  return new Map(rows.map(({ orgId, role }) => [orgId, parseRole(role)]));
};

/** Makes a user a member, or changes the role. Errors: `ORGANIZATION_UNKNOWN`, `USER_UNKNOWN`, `FIELD_INVALID`. */
export const setMember = async (
  deps: PeopleDeps,
  request: { readonly orgId: string; readonly email: string; readonly role: Role; readonly actor: string },
): Promise<void> => {
  const { orgId, role, actor } = request;
  const email = emailOf(request.email);
  await requireOrganization(deps.store.db, orgId);
  const now = deps.clock.now();
  await deps.store.db.transaction(async (tx) => {
    const [user] = await tx.select({ userId: users.userId }).from(users).where(eq(users.email, email));
    if (user === undefined) throw userUnknown();
    const given = { role, source: 'local' };
    await tx
      .insert(memberships)
      .values({ userId: user.userId, orgId, ...given, createdAt: now })
      .onConflictDoUpdate({ target: [memberships.userId, memberships.orgId], set: given });
    await recordAudit(tx, {
      at: now,
      orgId,
      actor,
      action: 'member.set',
      target: user.userId,
      detail: `${email} ${role}`,
    });
  });
};

/** Errors: `ORGANIZATION_UNKNOWN`, `MEMBER_UNKNOWN`. */
export const removeMember = async (
  deps: PeopleDeps,
  { orgId, userId, actor }: { readonly orgId: string; readonly userId: string; readonly actor: string },
): Promise<void> => {
  await requireOrganization(deps.store.db, orgId);
  const unknown = new UseCaseError('MEMBER_UNKNOWN', 'not-found', 'The organisation has no such member.');
  if (!isPlausibleId(userId)) throw unknown;
  await deps.store.db.transaction(async (tx) => {
    const gone = await tx
      .delete(memberships)
      .where(and(eq(memberships.orgId, orgId), eq(memberships.userId, userId)))
      .returning({ userId: memberships.userId });
    if (gone.length === 0) throw unknown;
    const { email } = await findUser(tx, userId);
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId,
      actor,
      action: 'member.remove',
      target: userId,
      detail: email,
    });
  });
};
