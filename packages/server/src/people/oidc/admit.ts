import { AppError } from '@penstock/model';
import { and, count, eq, lt } from 'drizzle-orm';
import { sha256Hex } from '../../auth/seal.ts';
import type { OidcSettings } from '../../settings/sign-in/sign-in-settings.ts';
import { memberships, spentSignIns, userIdentities, users } from '../../store/schema-people.ts';
import { recordAudit } from '../../use-case/record-event.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import type { Database, PeopleDeps } from '../people.ts';
import { type OpenedSession, type Origin, openSession } from '../sessions.ts';
import { findUser, insertUser, type UserRow } from '../users.ts';
import { giveRoles } from './give-roles.ts';
import { rolesOfGroups } from './group-roles.ts';
import { PENDING_MS } from './pending-sign-ins.ts';
import type { Person } from './person.ts';
import { refusal, stateWrong } from './provider-error.ts';

export interface Admission {
  readonly person: Person;
  /** Of the sign-in this ends, which is good once. */
  readonly state: string;
  readonly settings: OidcSettings;
  readonly origin: Origin;
}

/**
 * Signs in whom the provider knows: the user they were before, the user with their address, or a new one. What the
 * provider says of their roles is written down also where they are sent away. Errors: `OIDC_STATE_WRONG`,
 * `OIDC_USER_UNKNOWN`, `OIDC_USER_TAKEN`, `OIDC_USER_DISABLED`, `OIDC_ROLE_NONE`, `USER_LIMIT_REACHED`.
 */
export const admit = (deps: PeopleDeps, admission: Admission): Promise<OpenedSession> =>
  admitNow(deps, admission).catch((error: unknown) => {
    // Made by the same person in another tab, in between: now they are somebody who is known.
    if (error instanceof UseCaseError && error.code === 'USER_EXISTS') return admitNow(deps, admission);
    throw error;
  });

const admitNow = async (deps: PeopleDeps, admission: Admission): Promise<OpenedSession> => {
  const outcome = await deps.store.db.transaction(async (tx): Promise<OpenedSession | AppError> => {
    const { person, settings, origin } = admission;
    await spend(deps, tx, admission.state);
    const found = await userOf(deps, tx, person, settings);
    if (found instanceof AppError) return found;
    const { user } = found;
    const refused = found.refused ?? (await refusalOf(deps, tx, user, admission));
    if (refused === undefined) return openSession(deps, tx, user, { method: 'oidc', origin });
    // Of users there are alone: what strangers come with is no entry each.
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: null,
      actor: user.email,
      action: 'session.refused',
      target: user.userId,
      detail: refused.code,
    });
    return refused;
  });
  if ('token' in outcome) return outcome;
  throw outcome;
};

/** Errors: `OIDC_STATE_WRONG` for the second that comes with a state. */
const spend = async (deps: PeopleDeps, tx: Database, state: string): Promise<void> => {
  const spent = await tx
    .insert(spentSignIns)
    .values({ stateHash: sha256Hex(state), spentAt: deps.clock.now() })
    .onConflictDoNothing()
    .returning();
  if (spent.length === 0) throw stateWrong();
};

/** Forgets states that nobody can come with any more. Any instance, any time. */
export const dropSpentSignIns = async (db: Database, now: number): Promise<void> => {
  await db.delete(spentSignIns).where(lt(spentSignIns.spentAt, now - 2 * PENDING_MS));
};

interface Found {
  readonly user: UserRow;
  /** Why they are not that user, although they say so. */
  readonly refused?: AppError;
}

/** Who somebody is here, or why they are nobody. */
const userOf = async (
  deps: PeopleDeps,
  tx: Database,
  person: Person,
  settings: OidcSettings,
): Promise<Found | AppError> => {
  const { issuer, subject, email } = person;
  const [identity] = await tx
    .select({ userId: userIdentities.userId })
    .from(userIdentities)
    .where(and(eq(userIdentities.issuer, issuer), eq(userIdentities.subject, subject)));
  if (identity !== undefined)
    return { user: await withAddress(deps, tx, await findUser(tx, identity.userId, { lock: true }), email) };
  const [byEmail] = await tx.select().from(users).where(eq(users.email, email)).for('update');
  if (byEmail === undefined && !settings.admitsUnknown)
    return refusal('OIDC_USER_UNKNOWN', 'The provider knows you, this service does not. Ask its administrator.');
  if (byEmail === undefined && isRoleless(person, settings)) return roleNone();
  const user = byEmail ?? (await insertUser(deps, tx, { email, name: person.name, passwordHash: null, actor: email }));
  const [others] = await tx
    .select({ number: count() })
    .from(userIdentities)
    .where(and(eq(userIdentities.userId, user.userId), eq(userIdentities.issuer, issuer)));
  if ((others?.number ?? 0) > 0)
    return {
      user,
      refused: refusal(
        'OIDC_USER_TAKEN',
        'Your e-mail address belongs to somebody else here, who had it at the provider before. Ask the administrator.',
      ),
    };
  await tx.insert(userIdentities).values({ issuer, subject, userId: user.userId, createdAt: deps.clock.now() });
  await recordAudit(tx, {
    at: deps.clock.now(),
    orgId: null,
    actor: email,
    action: 'user.link-provider',
    target: user.userId,
    detail: `${issuer} ${subject}`,
  });
  return { user };
};

/** Takes over the address the provider has now, unless it is another user's. */
const withAddress = async (deps: PeopleDeps, tx: Database, user: UserRow, email: string): Promise<UserRow> => {
  if (user.email === email) return user;
  const [other] = await tx.select({ userId: users.userId }).from(users).where(eq(users.email, email));
  if (other !== undefined) return user;
  await tx.update(users).set({ email }).where(eq(users.userId, user.userId));
  await recordAudit(tx, {
    at: deps.clock.now(),
    orgId: null,
    actor: email,
    action: 'user.change',
    target: user.userId,
    detail: `e-mail address, until now ${user.email}`,
  });
  return { ...user, email };
};

/** Whether roles come from groups, and none of somebody's gives one. */
const isRoleless = ({ groups }: Person, settings: OidcSettings): boolean => {
  const { isAdministrator, roles } = rolesOfGroups(settings.roles, groups);
  return settings.roles.length > 0 && !isAdministrator && roles.size === 0;
};

const roleNone = (): AppError =>
  refusal('OIDC_ROLE_NONE', 'None of your groups at the provider has a role here. Ask the administrator.');

/** Why a user may not come in, once they have the roles the provider gives them. */
const refusalOf = async (
  deps: PeopleDeps,
  tx: Database,
  user: UserRow,
  { person, settings }: Admission,
): Promise<AppError | undefined> => {
  const isAdministrator = await giveRoles(deps, tx, user, rolesOfGroups(settings.roles, person.groups));
  if (user.disabledAt !== null)
    return refusal('OIDC_USER_DISABLED', 'You cannot sign in here any more. Ask the administrator.');
  if (settings.roles.length === 0 || isAdministrator) return undefined;
  const [any] = await tx
    .select({ orgId: memberships.orgId })
    .from(memberships)
    .where(eq(memberships.userId, user.userId))
    .limit(1);
  return any === undefined ? roleNone() : undefined;
};
