import type { Clock } from '@penstock/engine';
import { eq } from 'drizzle-orm';
import { TooManyFailuresError } from '../auth/authenticate.ts';
import { createFailureLimiter, type FailureLimiter, networkOf } from '../auth/failure-limiter.ts';
import { sessions, users } from '../store/schema-people.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid } from '../use-case/use-case.ts';
import { isPassword } from './password.ts';
import { credentialsWrong, type PeopleDeps } from './people.ts';
import { type OpenedSession, type Origin, openSession } from './sessions.ts';
import { endAllOf, findUser, hashOf } from './users.ts';

/**
 * Attempts that failed, counted three ways: for an account from one network, from one network for all accounts, and for
 * an account from everywhere. The last could be used to keep the owner out, so it does not hold for networks the owner
 * is signed in from.
 */
export interface SignInAttempts {
  readonly perAccountAndNetwork: FailureLimiter;
  readonly perNetwork: FailureLimiter;
  readonly perAccount: FailureLimiter;
  /** Of sign-ins at the provider, by network: apart, so that trouble there closes no other way in. */
  readonly atProvider: FailureLimiter;
}

const MINUTE_MS = 60_000;

export const createSignInAttempts = (clock: Clock): SignInAttempts => ({
  perAccountAndNetwork: createFailureLimiter(clock, { limit: 10, windowMs: 15 * MINUTE_MS }),
  perNetwork: createFailureLimiter(clock, { limit: 50, windowMs: 15 * MINUTE_MS }),
  perAccount: createFailureLimiter(clock, { limit: 100, windowMs: 60 * MINUTE_MS }),
  atProvider: createFailureLimiter(clock, { limit: 50, windowMs: 15 * MINUTE_MS }),
});

/**
 * Signs in with e-mail address and password. Errors: `CREDENTIALS_WRONG`, `FAILURES_TOO_MANY`, `SIGN_INS_TOO_MANY`.
 */
export const signIn = async (
  deps: PeopleDeps,
  attempts: SignInAttempts,
  request: { readonly email: string; readonly password: string; readonly origin: Origin },
): Promise<OpenedSession> => {
  const email = request.email.trim().toLowerCase();
  const network = networkOf(request.origin.address);
  const account = email.slice(0, 254);
  const both = `${account} ${network}`;
  const user = email.isWellFormed() && !email.includes('\u0000') ? await findByEmail(deps, email) : undefined;
  const waitS = Math.max(attempts.perAccountAndNetwork.waitSeconds(both), attempts.perNetwork.waitSeconds(network));
  const accountWaitS = attempts.perAccount.waitSeconds(account);
  if (waitS > 0) throw new TooManyFailuresError(waitS);
  if (accountWaitS > 0 && !(user !== undefined && (await isKnownNetwork(deps, user.userId, network))))
    throw new TooManyFailuresError(accountWaitS);
  const isRight = await isPassword(request.password, user?.passwordHash ?? null);
  if (user === undefined || !isRight || user.disabledAt !== null) {
    attempts.perAccountAndNetwork.failed(both);
    attempts.perNetwork.failed(network);
    attempts.perAccount.failed(account);
    // Of accounts that exist alone: what strangers make up is no entry each.
    if (user !== undefined)
      await recordAudit(deps.store.db, {
        at: deps.clock.now(),
        orgId: null,
        actor: user.email,
        action: 'session.refused',
        target: user.userId,
      });
    throw credentialsWrong();
  }
  return deps.store.db.transaction((tx) => openSession(deps, tx, user, { method: 'password', origin: request.origin }));
};

const findByEmail = async (deps: PeopleDeps, email: string) => {
  const [user] = await deps.store.db.select().from(users).where(eq(users.email, email));
  return user;
};

const isKnownNetwork = async (deps: PeopleDeps, userId: string, network: string): Promise<boolean> => {
  const known = await deps.store.db
    .select({ address: sessions.address })
    .from(sessions)
    .where(eq(sessions.userId, userId));
  return known.some(({ address }) => networkOf(address) === network);
};

/**
 * Changes a user's own password and ends all other sessions. Whoever came by a link needs no current one: the link is
 * how a forgotten password is replaced. Errors: `CREDENTIALS_WRONG`, `FIELD_INVALID`, `FAILURES_TOO_MANY`.
 */
export const changePassword = async (
  deps: PeopleDeps,
  attempts: SignInAttempts,
  request: {
    readonly userId: string;
    readonly sessionId: string;
    readonly current: string | undefined;
    readonly password: string;
  },
): Promise<void> => {
  const { userId, sessionId, current, password } = request;
  const user = await findUser(deps.store.db, userId);
  const [session] = await deps.store.db.select().from(sessions).where(eq(sessions.sessionId, sessionId));
  if (user.passwordHash !== null && session?.method !== 'link') {
    if (current === undefined) throw fieldInvalid('/current', 'Give the "current" password.');
    // A session that was left open is no way to try passwords.
    const name = `change ${userId}`;
    const waitS = attempts.perAccountAndNetwork.waitSeconds(name);
    if (waitS > 0) throw new TooManyFailuresError(waitS);
    if (!(await isPassword(current, user.passwordHash))) {
      attempts.perAccountAndNetwork.failed(name);
      throw credentialsWrong();
    }
  }
  const passwordHash = await hashOf(password);
  await deps.store.db.transaction(async (tx) => {
    await findUser(tx, userId, { lock: true });
    await tx.update(users).set({ passwordHash }).where(eq(users.userId, userId));
    await endAllOf(tx, userId);
    // The session it was changed in goes on, as one that was signed in with a password.
    if (session !== undefined) await tx.insert(sessions).values({ ...session, method: 'password' });
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: null,
      actor: user.email,
      action: 'user.change-password',
      target: userId,
    });
  });
};
