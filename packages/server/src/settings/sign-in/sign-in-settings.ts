import { isLoopbackName } from '../networks.ts';
import { type SettingValues, settingsInvalid, textOf } from '../settings-kafka.ts';

/** What a group of the provider may do here. */
export interface GroupRole {
  readonly group: string;
  /** The organisation; absent: the whole installation, whose administrators they are. */
  readonly orgId?: string;
  /** One of the four roles, checked where it is used. */
  readonly role: string;
}

/** How people sign in at an OpenID Connect provider. */
export interface OidcSettings {
  /** As the provider names itself. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** With blanks between them. */
  readonly scopes: string;
  readonly userClaim: string;
  readonly needsVerifiedEmail: boolean;
  readonly groupsClaim: string;
  /** Empty: roles are given here. */
  readonly roles: readonly GroupRole[];
  /** Whether people who are unknown here are made users. */
  readonly admitsUnknown: boolean;
  /** What the provider is called on the sign-in page. */
  readonly name: string;
}

/** Whether something secret may be sent to a URL: over TLS, or without leaving this machine. */
export const isSafeUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackName(hostname));
};

/** Undefined where no provider is named. Errors: `SETTINGS_INVALID`. */
export const oidcSettings = (values: SettingValues): OidcSettings | undefined => {
  const issuer = textOf(values, 'oidcIssuer');
  const clientId = textOf(values, 'oidcClientId');
  if (issuer === undefined && values.get('passwords') === false)
    throw settingsInvalid('PENSTOCK_PASSWORDS is false and there is no PENSTOCK_OIDC_ISSUER: nobody could sign in.');
  if ((issuer === undefined) !== (clientId === undefined))
    throw settingsInvalid('PENSTOCK_OIDC_ISSUER and PENSTOCK_OIDC_CLIENT_ID must be given together.');
  if (issuer === undefined || clientId === undefined) return undefined;
  const clientSecret = textOf(values, 'oidcClientSecret');
  return {
    issuer: checkedIssuer(issuer),
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    scopes: String(values.get('oidcScopes')),
    userClaim: String(values.get('oidcUserClaim')),
    needsVerifiedEmail: values.get('oidcVerifiedEmail') !== false,
    groupsClaim: String(values.get('oidcGroupsClaim')),
    roles: groupRolesOf(textOf(values, 'oidcRoles') ?? ''),
    admitsUnknown: values.get('oidcAdmit') === true,
    name: textOf(values, 'oidcName') ?? new URL(issuer).host,
  };
};

const checkedIssuer = (issuer: string): string => {
  if (!isSafeUrl(issuer))
    throw settingsInvalid(
      'PENSTOCK_OIDC_ISSUER must be an https URL: what signs people in is told by who answers there. ' +
        'Without TLS it can only be on this machine.',
    );
  const { search, hash, username, password } = new URL(issuer);
  if (search + hash + username + password !== '')
    throw settingsInvalid('PENSTOCK_OIDC_ISSUER must have no query, no fragment and no credentials in it.');
  // The library would take it, and compare the issuer of tokens with nothing of ours.
  if (issuer.includes('/.well-known/'))
    throw settingsInvalid('PENSTOCK_OIDC_ISSUER must be the issuer, without /.well-known/ and what follows it.');
  return issuer;
};

/** The last sign of equality counts: names of groups may have others (`CN=operators,OU=plant`). */
const ENTRY = /^(?<group>.*\S)\s*=\s*(?:(?<orgId>[A-Za-z0-9][A-Za-z0-9_-]{0,63})\s*:\s*(?<role>[a-z]+)|installation)$/;
const ROLES = ['viewer', 'operator', 'designer', 'administrator'];

const groupRolesOf = (text: string): readonly GroupRole[] =>
  text
    .split(/[;\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const { group, orgId, role = 'administrator' } = ENTRY.exec(entry)?.groups ?? {};
      if (group === undefined || !ROLES.includes(role))
        throw settingsInvalid(
          `PENSTOCK_OIDC_ROLES: "${entry}" is neither GROUP=ORGANISATION:ROLE (${ROLES.join(', ')}) nor GROUP=installation.`,
        );
      return { group, role, ...(orgId === undefined ? {} : { orgId }) };
    });
