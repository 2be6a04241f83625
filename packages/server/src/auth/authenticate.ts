import { GatewayCode } from '@penstock/model';
import { and, eq, gt } from 'drizzle-orm';
import { accessKeys, accessTokens } from '../store/schema.ts';
import { GatewayError } from './gateway-error.ts';
import { isSameText, sha256Hex } from './seal.ts';
import { callSignature, isWithinSkew, MAX_CLOCK_SKEW_MS, parseTimestamp } from './signature.ts';
import { type AuthDeps, findSecret } from './token-service.ts';

/** Who calls. An organisation acts by one of its access keys. */
export type Caller =
  | { readonly kind: 'admin' }
  | { readonly kind: 'organization'; readonly orgId: string; readonly accessKey: string };

/** The name of a caller in audit entries. */
export const actorOf = (caller: Caller): string => (caller.kind === 'admin' ? 'admin' : caller.accessKey);

/** What of a request says who calls. */
export interface CallCredentials {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
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
export const createAuthenticator = (deps: AuthDeps & { readonly adminToken: string }): Authenticate => {
  const authenticate: Authenticate = async (call) => {
    if (header(call, 'apim-accesstoken') !== undefined) return bySignature(deps, call);
    const token = bearerToken(call);
    if (token === undefined)
      throw new UnauthenticatedError(
        GatewayCode.ParamEmpty,
        'The header apim-accesstoken (or Authorization) is empty.',
      );
    return withoutSignature(isSameText(token, deps.adminToken) ? { kind: 'admin' } : await ownerOf(deps, token));
  };
  return authenticate;
};

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

const ownerOf = async (deps: AuthDeps, token: string): Promise<Caller & { kind: 'organization' }> => {
  const [owner] = await deps.store.db
    .select({ orgId: accessKeys.orgId, accessKey: accessKeys.accessKey })
    .from(accessTokens)
    .innerJoin(accessKeys, eq(accessKeys.accessKey, accessTokens.accessKey))
    .where(and(eq(accessTokens.tokenHash, sha256Hex(token)), gt(accessTokens.expiresAt, deps.clock.now())));
  if (owner === undefined) throw new UnauthenticatedError(GatewayCode.TokenExpired);
  return { kind: 'organization', ...owner };
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
  const caller = await ownerOf(deps, accessToken);
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
