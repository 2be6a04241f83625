import { AppError, isJsonObject, type JsonObject } from '@penstock/model';
import type { Seal } from '../../auth/seal.ts';

/** A sign-in that a browser has begun at the provider. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636): shows that who brings the code is who asked for it. */
  readonly verifier: string;
  readonly issuer: string;
  readonly redirectUri: string;
  /** Where the browser goes on to: a path of this service. */
  readonly returnTo: string;
  readonly beganAt: number;
}

/** Time to sign in at the provider, second factor and all. */
export const PENDING_MS = 10 * 60_000;
/** In several tabs at once. */
const MAX_PENDING = 3;
const PURPOSE = 'oidc-sign-ins';

/**
 * What a browser has under way is kept by itself, sealed: strangers who begin and never come back cost the service
 * nothing, and any instance can go on with it.
 */
export const sealPending = (seal: Seal, pending: readonly PendingSignIn[]): string =>
  seal.seal(PURPOSE, JSON.stringify(pending.slice(-MAX_PENDING)));

/** What a browser has under way now; what is no text of ours, or too old, counts as nothing. */
export const openPending = (seal: Seal, sealed: string | undefined, now: number): readonly PendingSignIn[] => {
  if (sealed === undefined) return [];
  let text: string;
  try {
    text = seal.unseal(PURPOSE, sealed);
  } catch (error) {
    if (error instanceof AppError && error.code === 'SEAL_BROKEN') return []; // a cookie says what its sender likes
    throw error;
  }
  const read: unknown = JSON.parse(text);
  return (Array.isArray(read) ? read : [])
    .filter(isJsonObject)
    .map(pendingOf)
    .filter(({ beganAt }) => beganAt <= now + 1000 && now - beganAt < PENDING_MS);
};

const pendingOf = (read: JsonObject): PendingSignIn => ({
  state: String(read.state),
  nonce: String(read.nonce),
  verifier: String(read.verifier),
  issuer: String(read.issuer),
  redirectUri: String(read.redirectUri),
  returnTo: String(read.returnTo),
  beganAt: Number(read.beganAt),
});
