import { and, asc, count, eq, gt, isNull } from 'drizzle-orm';
import { sessions, signInLinks, users } from '../store/schema-people.ts';
import { isPlausibleId, textProblem } from '../store/storable-text.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, UseCaseError } from '../use-case/use-case.ts';
import { hashPassword, passwordProblem } from './password.ts';
import type { Database, PeopleDeps } from './people.ts';

/** A user without what is secret. */
export interface UserView {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly isAdministrator: boolean;
  readonly hasPassword: boolean;
  readonly disabledAt: number | null;
  readonly lastSignInAt: number | null;
  readonly createdAt: number;
}

export type UserRow = typeof users.$inferSelect;

/** Users of an installation at most. */
export const MAX_USERS = 10_000;

export const viewOf = ({ passwordHash, isAdministratorByProvider: _, ...user }: UserRow): UserView => ({
  ...user,
  hasPassword: passwordHash !== null,
});

export const userUnknown = (): UseCaseError => new UseCaseError('USER_UNKNOWN', 'not-found', 'There is no such user.');

const EMAIL = /^[^\s@<>"']{1,64}@[^\s@<>"']{1,189}$/;

/** As it is kept. Errors: `FIELD_INVALID`. */
export const emailOf = (given: string): string => {
  const email = given.trim().toLowerCase();
  if (!EMAIL.test(email) || textProblem(email, 254) !== undefined)
    throw fieldInvalid('/email', '"email" must be an e-mail address.');
  return email;
};

const checkedName = (name: string): string => {
  const problem = textProblem(name, 200);
  if (problem !== undefined) throw fieldInvalid('/name', `"name" ${problem}.`);
  return name;
};

/** Errors: `FIELD_INVALID`. */
export const hashOf = async (password: string, path = '/password'): Promise<string> => {
  const problem = passwordProblem(password);
  if (problem !== undefined) throw fieldInvalid(path, `The password ${problem}.`);
  return hashPassword(password);
};

export interface NewUser {
  readonly email: string;
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly isAdministrator?: boolean | undefined;
}

/** Errors: `FIELD_INVALID`, `USER_EXISTS`, `USER_LIMIT_REACHED`. */
export const createUser = async (deps: PeopleDeps, request: NewUser & { actor: string }): Promise<UserView> => {
  const passwordHash = request.password === undefined ? null : await hashOf(request.password);
  return deps.store.db.transaction(async (tx) =>
    viewOf(await insertUser(deps, tx, { ...request, passwordHash, actor: request.actor })),
  );
};

/** The row of a new user, written with its audit entry. Errors: as of `createUser`. */
export const insertUser = async (
  deps: Pick<PeopleDeps, 'clock' | 'newId'>,
  tx: Database,
  request: NewUser & { readonly passwordHash: string | null; readonly actor: string },
): Promise<UserRow> => {
  const email = emailOf(request.email);
  const [existing] = await tx.select({ users: count() }).from(users);
  if ((existing?.users ?? 0) >= MAX_USERS)
    throw new UseCaseError('USER_LIMIT_REACHED', 'quota', `There are ${MAX_USERS} users, which is the limit.`);
  const now = deps.clock.now();
  const [row] = await tx
    .insert(users)
    .values({
      userId: deps.newId(),
      email,
      name: checkedName(request.name ?? ''),
      passwordHash: request.passwordHash,
      isAdministrator: request.isAdministrator ?? false,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning();
  if (row === undefined)
    throw new UseCaseError('USER_EXISTS', 'conflict', `There already is a user with the e-mail address "${email}".`);
  await recordAudit(tx, {
    at: now,
    orgId: null,
    actor: request.actor,
    action: 'user.create',
    target: row.userId,
    detail: email,
  });
  return row;
};

/** Errors: `USER_UNKNOWN`. */
export const findUser = async (
  db: Database,
  userId: string,
  options: { readonly lock?: boolean } = {},
): Promise<UserRow> => {
  const query = db.select().from(users).where(eq(users.userId, userId));
  const [row] = isPlausibleId(userId) ? await (options.lock === true ? query.for('update') : query) : [];
  if (row === undefined) throw userUnknown();
  return row;
};

/** A page by e-mail address, from behind `after`. */
export const listUsers = async (
  deps: PeopleDeps,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): Promise<{ readonly items: readonly UserView[]; readonly total: number }> => {
  const rows = await deps.store.db
    .select()
    .from(users)
    .where(after === undefined ? undefined : gt(users.email, after))
    .orderBy(asc(users.email))
    .limit(limit);
  const [all] = await deps.store.db.select({ users: count() }).from(users);
  return { items: rows.map(viewOf), total: all?.users ?? 0 };
};

export interface UserChange {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly isAdministrator?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
}

/**
 * Changes a user. A new password and being disabled end all sessions and links of theirs. Errors: `USER_UNKNOWN`,
 * `FIELD_INVALID`, `LAST_ADMINISTRATOR` where nobody who can sign in would administer the installation any more.
 */
export const changeUser = async (
  deps: PeopleDeps,
  request: UserChange & { readonly userId: string; readonly actor: string },
): Promise<UserView> => {
  const { userId, actor, name, password, isAdministrator, isDisabled } = request;
  const passwordHash = password === undefined ? undefined : await hashOf(password);
  const now = deps.clock.now();
  return deps.store.db.transaction(async (tx) => {
    const user = await findUser(tx, userId, { lock: true });
    const change = {
      ...(name === undefined ? {} : { name: checkedName(name) }),
      ...(passwordHash === undefined ? {} : { passwordHash }),
      // What is said here holds, whatever the provider says from now on.
      ...(isAdministrator === undefined ? {} : { isAdministrator, isAdministratorByProvider: false }),
      ...(isDisabled === undefined ? {} : { disabledAt: isDisabled ? (user.disabledAt ?? now) : null }),
    };
    const changed = { ...user, ...change };
    await tx.update(users).set(changed).where(eq(users.userId, userId));
    if (user.isAdministrator && (!changed.isAdministrator || changed.disabledAt !== null))
      await requireAdministrator(tx);
    if (passwordHash !== undefined || isDisabled === true) await endAllOf(tx, userId);
    await recordAudit(tx, {
      at: now,
      orgId: null,
      actor,
      action: 'user.change',
      target: userId,
      detail: changesOf(request),
    });
    return viewOf(changed);
  });
};

const changesOf = ({ name, password, isAdministrator, isDisabled }: UserChange): string =>
  [
    name === undefined ? [] : ['name'],
    password === undefined ? [] : ['password'],
    isAdministrator === undefined ? [] : [isAdministrator ? 'administrator' : 'no administrator'],
    isDisabled === undefined ? [] : [isDisabled ? 'disabled' : 'enabled'],
  ]
    .flat()
    .join(', ');

/** Sessions and links of a user are worth nothing from now on. */
export const endAllOf = async (tx: Database, userId: string): Promise<void> => {
  await tx.delete(sessions).where(eq(sessions.userId, userId));
  await tx.delete(signInLinks).where(eq(signInLinks.userId, userId));
};

const requireAdministrator = async (tx: Database): Promise<void> => {
  const left = await tx
    .select({ userId: users.userId })
    .from(users)
    .where(and(eq(users.isAdministrator, true), isNull(users.disabledAt)))
    .limit(1);
  if (left.length === 0)
    throw new UseCaseError(
      'LAST_ADMINISTRATOR',
      'conflict',
      'This is the last user who administers the installation. Make another one an administrator first.',
    );
};

/** Errors: `USER_UNKNOWN`, `LAST_ADMINISTRATOR`. */
export const deleteUser = async (
  deps: PeopleDeps,
  { userId, actor }: { readonly userId: string; readonly actor: string },
): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const user = await findUser(tx, userId, { lock: true });
    await tx.delete(users).where(eq(users.userId, userId));
    if (user.isAdministrator && user.disabledAt === null) await requireAdministrator(tx);
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: null,
      actor,
      action: 'user.delete',
      target: userId,
      detail: user.email,
    });
  });
