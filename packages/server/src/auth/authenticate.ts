import { AppError, GatewayCode } from '@penstock/model';
import { and, eq, gt } from 'drizzle-orm';
import { accessKeys, accessTokens } from '../store/schema.ts';
import type { Caller, KeyCaller } from './caller.ts';
import { createFailureLimiter, networkOf } from './failure-limiter.ts';
import { GatewayError } from './gateway-error.ts';
import { isRole } from './permissions.ts';
import { isSameText, sha256Hex } from './seal.ts';
import { callSignature, isWithinSkew, MAX_CLOCK_SKEW_MS, parseTimestamp } from './signature.ts';
import { type AuthDeps, findSecret, isGoodAt, noteKeyUse } from './token-service.ts';

/** What of a request says who calls. */
export interface CallCredentials {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Where it comes from: failures are counted by it. */
  readonly address: string;
  /** Of HTTP, in upper case: what changes something asks more of who is signed in by a cookie. */
  readonly method: string;
  /** False where nobody does anything, and it is only asked whether the credentials are still good. */
  readonly isUse?: boolean;
}

/** What a signature is over, beside the headers. */
export interface SignedContent {
  /** The query as sent, without the question mark. */
  readonly rawQuery: string;
  readonly rawBody: Buffer;
}

/** A caller whose token is good, which is all there is to know before the body is read. */
export interface IdentifiedCall {
  /** The caller, once the body is there as well. Errors: `GatewayError` 1003 where it is signed, and not by them. */
  confirm(content: SignedContent): Promise<Caller>;
}

export type Authenticate = (call: CallCredentials) => Promise<IdentifiedCall>;

/**
 * Finds out who calls, by the signed headers of contract B.3, or by `Authorization` with the access token or the
 * admin token, bare or as `Bearer` (contract A.1). In two steps, so that strangers are sent away before their bodies
 * are read. Errors: `GatewayError` 1202, 1004, 1203.
 */
export const createAuthenticator = (deps: AuthenticatorDeps): Authenticate => {
  const failures = createFailureLimiter(deps.clock, { limit: MAX_FAILURES, windowMs: 60_000 });
  const authenticate: Authenticate = async (call) => {
    if (header(call, 'apim-accesstoken') !== undefined) return bySignature(deps, call);
    const token = bearerToken(call);
    if (token === undefined)
      throw new UnauthenticatedError(
        GatewayCode.ParamEmpty,
        'The header apim-accesstoken (or Authorization) is empty.',
      );
    const owner = await findOwner(deps, token);
    if (owner !== undefined) {
      if (deps.requireSignature === true)
        throw new UnauthenticatedError(
          GatewayCode.ParamEmpty,
          'This service asks access keys to sign each call: send apim-accesstoken, apim-timestamp and apim-signature.',
        );
      return withoutSignature(owner);
    }
    // Guessing is what has a limit: whoever holds a good access token came through above.
    const network = networkOf(call.address);
    const waitS = failures.waitSeconds(network);
    if (waitS > 0) throw new TooManyFailuresError(waitS);
    if (isAdminToken(deps.adminTokens(), token)) return withoutSignature({ kind: 'admin' });
    failures.failed(network);
    throw new UnauthenticatedError(GatewayCode.TokenExpired);
  };
  return authenticate;
};

/** Wrong tokens per minute from one network: far more than somebody makes by mistake, far too few to guess one. */
const MAX_FAILURES = 60;

export interface AuthenticatorDeps extends AuthDeps {
  /** Tokens of the administrator that are good now: several while one is replaced by the next. */
  readonly adminTokens: () => readonly string[];
  /** Whether access keys must sign each call. */
  readonly requireSignature?: boolean;
}

/** All are compared, so that the time tells nothing about which. */
const isAdminToken = (known: readonly string[], token: string): boolean =>
  known.map((one) => isSameText(token, one)).includes(true);

/** Too many wrong tokens came from the caller's network: HTTP 429. */
export class TooManyFailuresError extends AppError {
  readonly waitSeconds: number;

  constructor(waitSeconds: number) {
    super('FAILURES_TOO_MANY', `Too many wrong credentials from your address. Try again in ${waitSeconds} s.`, {
      domain: 'user',
      retryable: true,
    });
    this.waitSeconds = waitSeconds;
  }
}

const withoutSignature = (caller: Caller): IdentifiedCall => ({ confirm: async () => caller });

/** A call without good credentials: HTTP 401 whatever the code. */
export class UnauthenticatedError extends GatewayError {
  override get httpStatus(): 401 {
    return 401;
  }
}

const header = (call: CallCredentials, name: string): string | undefined => {
  const value = call.headers[name];
  const text = typeof value === 'string' ? value.trim() : value?.[0]?.trim();
  return text === '' ? undefined : text;
};

const bearerToken = (call: CallCredentials): string | undefined => {
  const value = header(call, 'authorization');
  if (value === undefined) return undefined;
  const [, scheme, credentials] = /^(\S+)\s+(\S+)$/.exec(value) ?? [];
  return scheme?.toLowerCase() === 'bearer' ? credentials : value;
};

const findOwner = async (deps: AuthDeps, token: string): Promise<KeyCaller | undefined> => {
  const now = deps.clock.now();
  const [owner] = await deps.store.db
    .select({ orgId: accessKeys.orgId, accessKey: accessKeys.accessKey, role: accessKeys.role })
    .from(accessTokens)
    .innerJoin(accessKeys, eq(accessKeys.accessKey, accessTokens.accessKey))
    .where(and(eq(accessTokens.tokenHash, sha256Hex(token)), gt(accessTokens.expiresAt, now), isGoodAt(now)));
  if (owner === undefined || !isRole(owner.role)) return undefined;
  await noteKeyUse(deps.store.db, owner.accessKey, now);
  return { kind: 'organization', orgId: owner.orgId, accessKey: owner.accessKey, role: owner.role };
};

/**
 * A signed call may be repeated while its timestamp is good: the contract refuses repetition for the token service
 * only, and clients do retry (docs/decisions/0103).
 */
const bySignature = async (deps: AuthDeps, call: CallCredentials): Promise<IdentifiedCall> => {
  const accessToken = required(call, 'apim-accesstoken');
  const signature = required(call, 'apim-signature');
  const timestampText = required(call, 'apim-timestamp');
  const timestamp = parseTimestamp(timestampText);
  if (timestamp === undefined || !isWithinSkew(timestamp, deps.clock.now()))
    throw new UnauthenticatedError(
      GatewayCode.ParamInvalid,
      `The header apim-timestamp must be Unix time in milliseconds, at most ${MAX_CLOCK_SKEW_MS / 60_000} minutes ` +
        'from the time of the service.',
    );
  const caller = await findOwner(deps, accessToken);
  if (caller === undefined) throw new UnauthenticatedError(GatewayCode.TokenExpired);
  const appSecret = await findSecret(deps, caller.accessKey);
  if (appSecret === undefined) throw new UnauthenticatedError(GatewayCode.TokenExpired);
  return {
    confirm: async (content) => {
      const expected = callSignature({ ...content, accessToken, timestamp: timestampText, appSecret });
      if (!isSameText(signature.toLowerCase(), expected))
        throw new UnauthenticatedError(GatewayCode.EncryptionInvalid, 'The header apim-signature is not valid.');
      return caller;
    },
  };
};

const required = (call: CallCredentials, name: string): string => {
  const value = header(call, name);
  if (value === undefined) throw new UnauthenticatedError(GatewayCode.ParamEmpty, `The header ${name} is empty.`);
  return value;
};
