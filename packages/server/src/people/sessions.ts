import { randomBytes } from 'node:crypto';
import { and, desc, eq, gt, inArray, lt, ne, or } from 'drizzle-orm';
import type { UserCaller } from '../auth/caller.ts';
import { sha256Hex } from '../auth/seal.ts';
import { sessions, users } from '../store/schema-people.ts';
import { isPlausibleId } from '../store/storable-text.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import { rolesOf } from './members.ts';
import type { Database, PeopleDeps } from './people.ts';
import type { UserRow } from './users.ts';

export type SignInMethod = 'password' | 'link' | 'oidc';

/** Where somebody signs in from. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}

/** A session that has just begun: the token goes into a cookie and is known nowhere else. */
export interface OpenedSession {
  readonly token: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Sessions of one user at the same time; a new one ends the oldest beyond that. */
const MAX_PER_USER = 20;
const MAX_USER_AGENT = 200;

/** When a session was last used is known to the minute, so that a busy page costs no write per call. */
const SEEN_STEP_MS = 60_000;

/** Signs a user in. Within a transaction of the caller. */
export const openSession = async (
  deps: PeopleDeps,
  tx: Database,
  user: Pick<UserRow, 'userId' | 'email'>,
  { method, origin }: { readonly method: SignInMethod; readonly origin: Origin },
): Promise<OpenedSession> => {
  const now = deps.clock.now();
  const token = randomBytes(32).toString('base64url');
  const sessionId = deps.newId();
  const expiresAt = now + deps.sessions.lifetimeMs;
  await tx.insert(sessions).values({
    sessionId,
    tokenHash: sha256Hex(token),
    userId: user.userId,
    method,
    address: origin.address,
    userAgent: printable(origin.userAgent),
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
  });
  await tx.update(users).set({ lastSignInAt: now }).where(eq(users.userId, user.userId));
  const surplus = await tx
    .select({ sessionId: sessions.sessionId })
    .from(sessions)
    // Never this one, also where others began in the same millisecond.
    .where(and(eq(sessions.userId, user.userId), ne(sessions.sessionId, sessionId)))
    .orderBy(desc(sessions.createdAt), desc(sessions.sessionId))
    .offset(MAX_PER_USER - 1);
  if (surplus.length > 0)
    await tx.delete(sessions).where(
      inArray(
        sessions.sessionId,
        surplus.map((old) => old.sessionId),
      ),
    );
  await recordAudit(tx, {
    at: now,
    orgId: null,
    actor: user.email,
    action: 'session.begin',
    target: user.userId,
    detail: method,
  });
  return { token, sessionId, expiresAt };
};

/** Header text comes from outside: no control characters, no lone surrogates, bounded. */
const printable = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .slice(0, MAX_USER_AGENT);

/**
 * Whose session a token opens; undefined where there is none, or it has expired, or the user is disabled. `isUse` false
 * only looks: the session ends as if nobody had.
 */
export const findSession = async (
  deps: PeopleDeps,
  token: string,
  { isUse = true }: { readonly isUse?: boolean | undefined } = {},
): Promise<UserCaller | undefined> => {
  const now = deps.clock.now();
  const [found] = await deps.store.db
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.userId, sessions.userId))
    .where(
      and(
        eq(sessions.tokenHash, sha256Hex(token)),
        gt(sessions.expiresAt, now),
        gt(sessions.lastSeenAt, now - deps.sessions.idleMs),
      ),
    );
  if (found === undefined || found.user.disabledAt !== null) return undefined;
  const { session, user } = found;
  if (isUse && session.lastSeenAt < now - SEEN_STEP_MS)
    await deps.store.db.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.sessionId, session.sessionId));
  return {
    kind: 'user',
    userId: user.userId,
    email: user.email,
    sessionId: session.sessionId,
    method: session.method,
    isAdministrator: user.isAdministrator,
    roles: await rolesOf(deps.store.db, user.userId),
  };
};

export interface SessionView {
  readonly sessionId: string;
  readonly method: string;
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
}

/** Sessions of a user that are good now, last begun first. */
export const listSessions = async (deps: PeopleDeps, userId: string): Promise<readonly SessionView[]> => {
  const now = deps.clock.now();
  const rows = await deps.store.db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        gt(sessions.expiresAt, now),
        gt(sessions.lastSeenAt, now - deps.sessions.idleMs),
      ),
    )
    .orderBy(desc(sessions.createdAt), desc(sessions.sessionId));
  return rows.map(({ tokenHash: _, userId: __, ...view }) => view);
};

/** Ends one session of a user. Errors: `SESSION_UNKNOWN`. */
export const endSession = async (
  deps: PeopleDeps,
  { userId, sessionId, actor }: { readonly userId: string; readonly sessionId: string; readonly actor: string },
): Promise<void> => {
  const unknown = new UseCaseError('SESSION_UNKNOWN', 'not-found', 'There is no such session.');
  if (!isPlausibleId(sessionId)) throw unknown;
  await deps.store.db.transaction(async (tx) => {
    const gone = await tx
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), eq(sessions.sessionId, sessionId)))
      .returning({ sessionId: sessions.sessionId });
    if (gone.length === 0) throw unknown;
    await recordAudit(tx, { at: deps.clock.now(), orgId: null, actor, action: 'session.end', target: userId });
  });
};

/** Ends every session of a user but one; answers how many there were. */
export const endSessions = async (
  deps: PeopleDeps,
  request: { readonly userId: string; readonly but: string | undefined; readonly actor: string },
): Promise<number> =>
  deps.store.db.transaction(async (tx) => {
    const { userId, but, actor } = request;
    const gone = await tx
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), but === undefined ? undefined : ne(sessions.sessionId, but)))
      .returning({ sessionId: sessions.sessionId });
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: null,
      actor,
      action: 'session.end-all',
      target: userId,
      detail: String(gone.length),
    });
    return gone.length;
  });

/** Throws away sessions that open nothing any more. Any instance, any time. */
export const dropEndedSessions = async (db: Database, now: number, idleMs: number): Promise<void> => {
  await db.delete(sessions).where(or(lt(sessions.expiresAt, now), lt(sessions.lastSeenAt, now - idleMs)));
};
