import { randomBytes } from 'node:crypto';
import { AppError } from '@penstock/model';
import { and, asc, count, eq, isNull, lt, ne } from 'drizzle-orm';
import { sha256Hex } from '../auth/seal.ts';
import { signInLinks, users } from '../store/schema-people.ts';
import { recordAudit } from '../use-case/record-event.ts';
import type { Database, PeopleDeps } from './people.ts';
import { type OpenedSession, type Origin, openSession } from './sessions.ts';
import { findUser, insertUser, type UserRow, userUnknown } from './users.ts';

/** Who is made where a link is asked for and there is nobody yet. */
export const FIRST_USER = { email: 'admin@localhost', name: 'Administrator' } as const;

const MAX_LINKS_PER_USER = 10;
const TOKEN = /^[\w-]{43}$/;

export interface SignInLink {
  readonly token: string;
  readonly userId: string;
  readonly email: string;
  readonly expiresAt: number;
}

/**
 * Makes a link that signs a user in once: an invitation, a way back for who forgot the password, or the first way in.
 * Without an e-mail address it is for the first administrator, who is made where there is no user at all.
 * Errors: `USER_UNKNOWN`.
 */
export const createSignInLink = async (
  deps: PeopleDeps,
  request: { readonly email?: string | undefined; readonly forMs: number; readonly actor: string },
): Promise<SignInLink> => {
  const now = deps.clock.now();
  const token = randomBytes(32).toString('base64url');
  const expiresAt = now + request.forMs;
  return deps.store.db.transaction(async (tx) => {
    const user =
      request.email === undefined ? await firstUser(deps, tx, request.actor) : await named(tx, request.email);
    await tx.insert(signInLinks).values({
      tokenHash: sha256Hex(token),
      userId: user.userId,
      expiresAt,
      createdAt: now,
    });
    await dropSurplus(tx, user.userId, sha256Hex(token));
    await recordAudit(tx, {
      at: now,
      orgId: null,
      actor: request.actor,
      action: 'user.sign-in-link',
      target: user.userId,
      detail: user.email,
    });
    return { token, userId: user.userId, email: user.email, expiresAt };
  });
};

const named = async (tx: Database, email: string): Promise<UserRow> => {
  const [user] = await tx.select().from(users).where(eq(users.email, email.trim().toLowerCase()));
  if (user === undefined) throw userUnknown();
  return user;
};

const firstUser = async (deps: PeopleDeps, tx: Database, actor: string): Promise<UserRow> => {
  const [existing] = await tx.select({ users: count() }).from(users);
  if ((existing?.users ?? 0) === 0)
    return insertUser(deps, tx, { ...FIRST_USER, isAdministrator: true, passwordHash: null, actor });
  const [first] = await tx
    .select()
    .from(users)
    .where(and(isNull(users.disabledAt), eq(users.isAdministrator, true)))
    .orderBy(asc(users.createdAt), asc(users.userId))
    .limit(1);
  if (first === undefined) throw userUnknown();
  return first;
};

/** The oldest go, and never the one that was just made, also where others were in the same millisecond. */
const dropSurplus = async (tx: Database, userId: string, madeNow: string): Promise<void> => {
  const others = await tx
    .select()
    .from(signInLinks)
    .where(and(eq(signInLinks.userId, userId), ne(signInLinks.tokenHash, madeNow)))
    .orderBy(asc(signInLinks.createdAt));
  for (const { tokenHash } of others.slice(0, Math.max(0, others.length - MAX_LINKS_PER_USER + 1)))
    await tx.delete(signInLinks).where(eq(signInLinks.tokenHash, tokenHash));
};

/** Signs in by a link, which is spent by it. Errors: `LINK_SPENT` for one that is unknown, spent or too old. */
export const signInByLink = (deps: PeopleDeps, token: string, origin: Origin): Promise<OpenedSession> =>
  deps.store.db.transaction(async (tx) => {
    const spent = TOKEN.test(token)
      ? await tx
          .delete(signInLinks)
          .where(eq(signInLinks.tokenHash, sha256Hex(token)))
          .returning()
      : [];
    const [link] = spent;
    const user = link === undefined ? undefined : await findUser(tx, link.userId);
    if (link === undefined || user === undefined || link.expiresAt <= deps.clock.now() || user.disabledAt !== null)
      throw new AppError('LINK_SPENT', 'The link was used before, or is too old. Ask for another one.', {
        domain: 'user',
      });
    return openSession(deps, tx, user, { method: 'link', origin });
  });

/** Throws away links that open nothing any more. Any instance, any time. */
export const dropOldLinks = async (db: Database, now: number): Promise<void> => {
  await db.delete(signInLinks).where(lt(signInLinks.expiresAt, now));
};
