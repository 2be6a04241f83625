import { randomBytes } from 'node:crypto';
import type { Clock } from '@penstock/engine';
import { GatewayCode, isJsonObject } from '@penstock/model';
import { and, eq, gt, isNull, lt, or } from 'drizzle-orm';
import type { Database, Store } from '../store/open-store.ts';
import { accessKeys, accessTokens, usedEncryptions } from '../store/schema.ts';
import { GatewayError } from './gateway-error.ts';
import { isSameText, type Seal, sha256Hex } from './seal.ts';
import { isWithinSkew, MAX_CLOCK_SKEW_MS, parseTimestamp, tokenEncryption } from './signature.ts';

export interface AuthDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly seal: Seal;
}

export interface AccessToken {
  readonly accessToken: string;
  /** Seconds it is still valid. */
  readonly expire: number;
}

/** Contract B.2: two hours. */
export const TOKEN_LIFETIME_MS = 7200_000;

/**
 * Get Access Token (contract B.2). While a token is valid the same one is given again, with what is left of its time.
 * Errors: `GatewayError` 1202, 1004, 1002, 1003, 1001, in this order.
 */
export const getToken = async (deps: AuthDeps, body: unknown): Promise<AccessToken> => {
  const request = await verifyRequest(deps, body);
  return deps.store.db.transaction(async (tx) => {
    const now = await beginAs(deps, tx, request);
    const current = await readToken(deps, tx, request.appKey);
    if (current !== undefined && current.expiresAt > now) return answer(current.token, current.expiresAt - now);
    const token = randomBytes(32).toString('base64url');
    const stored = {
      tokenHash: sha256Hex(token),
      sealedToken: deps.seal.seal(purposeOf(request.appKey), token),
      expiresAt: now + TOKEN_LIFETIME_MS,
    };
    await tx
      .insert(accessTokens)
      .values({ accessKey: request.appKey, ...stored })
      .onConflictDoUpdate({ target: accessTokens.accessKey, set: stored });
    return answer(token, TOKEN_LIFETIME_MS);
  });
};

/**
 * Refresh Access Token (contract B.2): the same token, valid for its full time again, so that calls under way go on.
 * Errors: as above; 1203 for a token that has expired, 1204 for one that is not this key's.
 */
export const refreshToken = async (deps: AuthDeps, body: unknown): Promise<AccessToken> => {
  const token = textField(body, 'accessToken');
  const request = await verifyRequest(deps, body);
  return deps.store.db.transaction(async (tx) => {
    const now = await beginAs(deps, tx, request);
    const current = await readToken(deps, tx, request.appKey);
    if (current === undefined || !isSameText(current.token, token))
      throw new GatewayError(GatewayCode.RefreshFailed, 'This appKey has no such access token.');
    if (current.expiresAt <= now) throw new GatewayError(GatewayCode.TokenExpired);
    await tx
      .update(accessTokens)
      .set({ expiresAt: now + TOKEN_LIFETIME_MS })
      .where(eq(accessTokens.accessKey, request.appKey));
    return answer(token, TOKEN_LIFETIME_MS);
  });
};

const answer = (accessToken: string, remainingMs: number): AccessToken => ({
  accessToken,
  expire: Math.max(1, Math.floor(remainingMs / 1000)),
});

export const purposeOf = (accessKey: string): string => `access-token:${accessKey}`;

interface TokenRequest {
  readonly appKey: string;
  readonly encryption: string;
}

/** Checks everything that can be checked without changing anything. */
const verifyRequest = async (deps: AuthDeps, body: unknown): Promise<TokenRequest> => {
  const appKey = textField(body, 'appKey');
  const encryption = textField(body, 'encryption');
  const timestampText = textField(body, 'timestamp');
  const timestamp = parseTimestamp(timestampText);
  if (timestamp === undefined)
    throw new GatewayError(GatewayCode.ParamInvalid, 'The parameter timestamp must be Unix time in milliseconds.');
  if (!isWithinSkew(timestamp, deps.clock.now()))
    throw new GatewayError(
      GatewayCode.ParamInvalid,
      `The parameter timestamp is more than ${MAX_CLOCK_SKEW_MS / 60_000} minutes from the time of the service.`,
    );
  const secret = await findSecret(deps, appKey);
  if (secret === undefined) throw new GatewayError(GatewayCode.AppKeyUnknown);
  if (!isSameText(encryption.toLowerCase(), tokenEncryption(appKey, timestampText, secret)))
    throw new GatewayError(GatewayCode.EncryptionInvalid);
  return { appKey, encryption: encryption.toLowerCase() };
};

const MAX_FIELD = 512;

const textField = (body: unknown, name: string): string => {
  const given = isJsonObject(body) ? body[name] : undefined;
  if (given === undefined || given === null || given === '')
    throw new GatewayError(GatewayCode.ParamEmpty, `The parameter ${name} is empty.`);
  // `timestamp` is a number in the contract and a text in public clients.
  const text = name === 'timestamp' && typeof given === 'number' ? String(given) : given;
  if (typeof text !== 'string' || text.length > MAX_FIELD || !text.isWellFormed())
    throw new GatewayError(GatewayCode.ParamInvalid, `The parameter ${name} is invalid.`);
  return text;
};

const ACCESS_KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** The secret of an access key in clear; undefined where there is no such key, or it has expired. */
export const findSecret = async (deps: AuthDeps, accessKey: string): Promise<string | undefined> => {
  if (!ACCESS_KEY.test(accessKey)) return undefined;
  const [key] = await deps.store.db
    .select()
    .from(accessKeys)
    .where(and(eq(accessKeys.accessKey, accessKey), isGoodAt(deps.clock.now())));
  return key === undefined ? undefined : deps.seal.unseal(`secret-key:${accessKey}`, key.sealedSecret);
};

/** Whether an access key has not expired. */
export const isGoodAt = (now: number) => or(isNull(accessKeys.expiresAt), gt(accessKeys.expiresAt, now));

/** When a key was last used is known to the minute, so that a busy client costs no write per call. */
const USE_STEP_MS = 60_000;

/** Notes that a key was used now. */
export const noteKeyUse = async (db: Database, accessKey: string, now: number): Promise<void> => {
  const isDue = or(isNull(accessKeys.lastUsedAt), lt(accessKeys.lastUsedAt, now - USE_STEP_MS));
  await db
    .update(accessKeys)
    .set({ lastUsedAt: now })
    .where(and(eq(accessKeys.accessKey, accessKey), isDue));
};

/** Spends the encryption: of two requests with the same one, at whatever instances, one is a repetition (1001). */
const beginAs = async (deps: AuthDeps, tx: Database, request: TokenRequest): Promise<number> => {
  const now = deps.clock.now();
  // Holds the key's row, so that two requests at once are given one token.
  const held = await tx.select().from(accessKeys).where(eq(accessKeys.accessKey, request.appKey)).for('update');
  if (held.length === 0) throw new GatewayError(GatewayCode.AppKeyUnknown);
  const spent = await tx
    .insert(usedEncryptions)
    .values({ accessKey: request.appKey, encryption: request.encryption, usedAt: now })
    .onConflictDoNothing()
    .returning({ usedAt: usedEncryptions.usedAt });
  if (spent.length === 0) throw new GatewayError(GatewayCode.Repeated);
  await noteKeyUse(tx, request.appKey, now);
  // Older than twice the skew: its timestamp is refused as such, so it need not be remembered.
  await tx
    .delete(usedEncryptions)
    .where(and(eq(usedEncryptions.accessKey, request.appKey), lt(usedEncryptions.usedAt, now - 3 * MAX_CLOCK_SKEW_MS)));
  return now;
};

const readToken = async (
  deps: AuthDeps,
  db: Database,
  accessKey: string,
): Promise<{ token: string; expiresAt: number } | undefined> => {
  const [row] = await db.select().from(accessTokens).where(eq(accessTokens.accessKey, accessKey));
  return row === undefined
    ? undefined
    : { token: deps.seal.unseal(purposeOf(accessKey), row.sealedToken), expiresAt: row.expiresAt };
};
