import { AppError } from '@penstock/model';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { TooManyFailuresError } from '../../auth/authenticate.ts';
import { networkOf } from '../../auth/failure-limiter.ts';
import { isSameText } from '../../auth/seal.ts';
import type { PeopleDeps } from '../people.ts';
import type { OpenedSession, Origin } from '../sessions.ts';
import type { SignInAttempts } from '../sign-in.ts';
import { admit } from './admit.ts';
import { CLOCK_TOLERANCE_SECONDS, type OidcProvider } from './oidc-provider.ts';
import { openPending, type PendingSignIn, sealPending } from './pending-sign-ins.ts';
import { type Claims, isIncomplete, type Person, personOf } from './person.ts';
import { clockSkew, providerError, stateWrong } from './provider-error.ts';
import { pageWithin } from './return-to.ts';

export interface ProviderSignInDeps extends PeopleDeps {
  readonly provider: OidcProvider;
  readonly attempts: SignInAttempts;
}

/** Where a browser goes now, and what it is to keep meanwhile. */
export interface Begun {
  readonly location: string;
  readonly kept: string;
}

/**
 * Begins a sign-in at the provider: authorization code flow with PKCE, state and nonce. `kept`: what the browser has
 * from sign-ins before. Errors: `OIDC_PROVIDER_AWAY`.
 */
export const beginAtProvider = async (
  deps: ProviderSignInDeps,
  request: { readonly redirectUri: string; readonly returnTo: string | undefined; readonly kept: string | undefined },
): Promise<Begun> => {
  const { provider, seal } = deps;
  const configuration = await provider.configuration();
  const now = deps.clock.now();
  const pending: PendingSignIn = {
    state: randomState(),
    nonce: randomNonce(),
    verifier: randomPKCECodeVerifier(),
    issuer: provider.settings.issuer,
    redirectUri: request.redirectUri,
    returnTo: pageWithin(request.returnTo),
    beganAt: now,
  };
  const location = buildAuthorizationUrl(configuration, {
    redirect_uri: pending.redirectUri,
    scope: provider.settings.scopes,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  });
  return { location: location.href, kept: sealPending(seal, [...openPending(seal, request.kept, now), pending]) };
};

/**
 * The sign-in a browser comes back with, and what it is to keep of the others: whatever becomes of it now, it was this
 * one's only time. Errors: `OIDC_STATE_WRONG`.
 */
export const takePending = (
  { seal, clock, provider }: ProviderSignInDeps,
  { state, kept }: { readonly state: string | null; readonly kept: string | undefined },
): { readonly pending: PendingSignIn; readonly rest: string | undefined } => {
  const all = openPending(seal, kept, clock.now());
  const pending = all.find((each) => state !== null && isSameText(each.state, state));
  // Another instance may go by other settings.
  if (pending === undefined || pending.issuer !== provider.settings.issuer) throw stateWrong();
  const others = all.filter((each) => each !== pending);
  return { pending, rest: others.length === 0 ? undefined : sealPending(seal, others) };
};

/**
 * Ends a sign-in: the provider gives tokens for the code the browser brought, and who they are about gets a session.
 * The tokens are looked at and forgotten. Errors: those of the provider (`OIDC_…`) and of `admit`; `FAILURES_TOO_MANY`.
 */
export const completeAtProvider = async (
  deps: ProviderSignInDeps,
  request: { readonly pending: PendingSignIn; readonly query: string; readonly origin: Origin },
): Promise<OpenedSession> => {
  const { pending, query, origin } = request;
  const network = networkOf(origin.address);
  const waitS = deps.attempts.atProvider.waitSeconds(network);
  if (waitS > 0) throw new TooManyFailuresError(waitS);
  try {
    const person = await personAtProvider(deps, pending, query);
    return await admit(deps, { person, state: pending.state, settings: deps.provider.settings, origin });
  } catch (error) {
    // Each one made the provider be asked; where that is away, it was not, and a whole office comes back in vain.
    if (!(error instanceof AppError && UNASKED.has(error.code))) deps.attempts.atProvider.failed(network);
    throw error;
  }
};

const UNASKED: ReadonlySet<string> = new Set(['OIDC_PROVIDER_AWAY', 'OIDC_DENIED']);

const personAtProvider = async (
  { provider, clock }: ProviderSignInDeps,
  { state, nonce, verifier, redirectUri }: PendingSignIn,
  query: string,
): Promise<Person> => {
  const configuration = await provider.configuration();
  const cameTo = new URL(redirectUri);
  cameTo.search = query;
  try {
    const tokens = await authorizationCodeGrant(configuration, cameTo, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('an ID token was asked for, and there is none');
    if (claims.iat > clock.now() / 1000 + CLOCK_TOLERANCE_SECONDS) throw clockSkew();
    const asksMore =
      isIncomplete(claims, provider.settings) && configuration.serverMetadata().userinfo_endpoint !== undefined;
    const more: Claims = asksMore ? await fetchUserInfo(configuration, tokens.access_token, claims.sub) : {};
    // What is signed comes first.
    return personOf({ ...more, ...claims }, provider.settings);
  } catch (error) {
    throw providerError(error);
  }
};

/**
 * Where a browser ends the session at the provider too (RP-initiated logout), to come back to `returnTo`; undefined
 * where the provider has no such place. Without the ID token, which would then stand in an address: the provider asks
 * back instead.
 */
export const signOutAtProvider = async (
  { provider }: Pick<ProviderSignInDeps, 'provider'>,
  returnTo: string,
): Promise<string | undefined> => {
  const configuration = await provider.configuration();
  if (provider.signOutEndpoint() === undefined) return undefined;
  return buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo }).href;
};
