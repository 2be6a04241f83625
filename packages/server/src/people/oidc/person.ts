import { isJsonObject } from '@penstock/model';
import type { OidcSettings } from '../../settings/sign-in/sign-in-settings.ts';
import { textProblem } from '../../store/storable-text.ts';
import { emailOf } from '../users.ts';
import { refusal } from './provider-error.ts';

/** Claims of an ID token, with those of the user-info endpoint where they were asked for. */
export type Claims = Readonly<Record<string, unknown>>;

/** Who the provider says has signed in. */
export interface Person {
  /** With the issuer what they are known by for good; addresses change. */
  readonly subject: string;
  readonly issuer: string;
  /** As users here have it. */
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
}

const MAX_SUBJECT = 255;
const MAX_NAME = 200;
const MAX_GROUPS = 10_000;

/** Whether claims leave something open that the user-info endpoint may know. */
export const isIncomplete = (claims: Claims, settings: OidcSettings): boolean =>
  claimAt(claims, settings.userClaim) === undefined ||
  (settings.userClaim === 'email' && settings.needsVerifiedEmail && claims.email_verified === undefined) ||
  (settings.roles.length > 0 && claimAt(claims, settings.groupsClaim) === undefined);

/** Errors: `OIDC_CLAIM_MISSING`, `OIDC_EMAIL_UNVERIFIED`. */
export const personOf = (claims: Claims, settings: OidcSettings): Person => {
  const { iss, sub, name } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '' || textProblem(sub, MAX_SUBJECT) !== undefined)
    throw claimMissing('sub');
  return {
    issuer: iss,
    subject: sub,
    email: emailIn(claims, settings),
    name: typeof name === 'string' && textProblem(name, MAX_NAME) === undefined ? name : '',
    groups: groupsIn(claims, settings.groupsClaim),
  };
};

const emailIn = (claims: Claims, { userClaim, needsVerifiedEmail }: OidcSettings): string => {
  const given = claimAt(claims, userClaim);
  if (typeof given !== 'string') throw claimMissing(userClaim);
  const isVerified = claims.email_verified === true || claims.email_verified === 'true';
  if (userClaim === 'email' && needsVerifiedEmail && !isVerified)
    throw refusal(
      'OIDC_EMAIL_UNVERIFIED',
      'The provider does not say that your e-mail address is really yours. Have it verified there.',
    );
  try {
    return emailOf(given);
  } catch (cause) {
    throw claimMissing(userClaim, cause);
  }
};

const claimMissing = (claim: string, cause?: unknown) =>
  refusal(
    'OIDC_CLAIM_MISSING',
    `The provider does not say who you are: "${claim}" is missing, or not what it should be (an e-mail address).`,
    cause,
  );

const groupsIn = (claims: Claims, path: string): readonly string[] => {
  const given = claimAt(claims, path);
  const groups = Array.isArray(given) ? given.slice(0, MAX_GROUPS) : [given];
  return groups.filter((group) => typeof group === 'string');
};

/** A claim by its whole name, which may have dots in it, else by the way its dots lead. */
const claimAt = (claims: Claims, path: string): unknown => {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const part of path.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
};
