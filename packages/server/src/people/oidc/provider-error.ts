import { AppError } from '@penstock/model';
import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';

/** Nobody answers at the provider, or nothing that a provider says. */
export const providerAway = (cause: unknown): AppError =>
  new AppError('OIDC_PROVIDER_AWAY', 'The sign-in provider cannot be reached at this moment. Try again shortly.', {
    domain: 'external',
    retryable: true,
    cause,
  });

/** The sign-in is not one that this browser has under way. */
export const stateWrong = (cause?: unknown): AppError =>
  refusal(
    'OIDC_STATE_WRONG',
    'This sign-in was not begun in this browser, was used before, or took too long. Begin again.',
    cause,
  );

export const refusal = (code: string, message: string, cause?: unknown): AppError =>
  new AppError(code, message, { domain: 'user', ...(cause === undefined ? {} : { cause }) });

/**
 * What went wrong between this service and the provider, in our words: nothing of what the provider or a browser said
 * goes into the message. `cause` is the library's error, of which the log shows kind and code.
 */
export const providerError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  if (error instanceof AuthorizationResponseError) return answeredWith(error.error, error);
  if (error instanceof ResponseBodyError) return error.status >= 500 ? providerAway(error) : refusedBy(error);
  // As `fetch` throws where nobody answers.
  if (error instanceof TypeError) return providerAway(error);
  return ofTokens(error);
};

/** The browser came back with an error in place of a code. */
const answeredWith = (error: string, cause: unknown): AppError => {
  if (error === 'access_denied')
    return refusal('OIDC_DENIED', 'The sign-in was refused at the provider, or broken off there.', cause);
  if (error === 'server_error' || error === 'temporarily_unavailable') return providerAway(cause);
  return misconfigured(error, cause);
};

/** The provider did not give tokens for the code. */
const refusedBy = (error: ResponseBodyError): AppError =>
  error.error === 'invalid_grant' ? stateWrong(error) : misconfigured(error.error, error);

/** `said`: the error of the provider as OAuth names them, for the log; a browser can have brought anything. */
const misconfigured = (said: string, cause: unknown): AppError =>
  new AppError(
    'OIDC_PROVIDER_REFUSED',
    'The provider does not accept this service: client id, secret, scopes or the address to come back to are not what ' +
      'it expects. The log of the service says more.',
    { domain: 'user', cause, params: { said: /^[a-z_]{1,60}$/.test(said) ? said : 'no error of OAuth' } },
  );

const AWAY = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']);

const ofTokens = (error: unknown): AppError => {
  const code = textIn(error, 'code');
  if (code !== undefined && AWAY.has(code)) return providerAway(error);
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return clockSkew(error);
  if (code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' && claimOf(error) === 'aud')
    return refusal('OIDC_AUDIENCE_WRONG', 'The provider gave a token that is for another service.', error);
  return refusal(
    'OIDC_TOKEN_INVALID',
    'What the provider gave is not signed by it, not from it, or not for this sign-in.',
    error,
  );
};

export const clockSkew = (cause?: unknown): AppError =>
  refusal(
    'OIDC_CLOCK_SKEW',
    "The provider's clock and that of this service differ: its token is not valid now. Set them right.",
    cause,
  );

/** The claim a comparison was about: the library tells it in the cause of the cause. */
const claimOf = (error: unknown): string | undefined => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const claim = textIn(cause.cause, 'claim');
    if (claim !== undefined) return claim;
  }
  return undefined;
};

const textIn = (holder: unknown, name: string): string | undefined => {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'string' ? value : undefined;
};
