import { anyText, flag, type SettingDefinition, text, whole } from '../setting-definition.ts';

/** How people sign in, and for how long. */
export const SIGN_IN_SETTINGS = {
  sessionHours: {
    env: 'PENSTOCK_SESSION_HOURS',
    key: 'sessions.hours',
    ...whole(1, 8760),
    fallback: 168,
    about: 'Hours after which whoever is signed in has to sign in again.',
  },
  sessionIdleMinutes: {
    env: 'PENSTOCK_SESSION_IDLE_MINUTES',
    key: 'sessions.idleMinutes',
    ...whole(2, 525_600),
    fallback: 480,
    about: 'Minutes without a request after which a session has ended.',
  },
  passwords: {
    env: 'PENSTOCK_PASSWORDS',
    key: 'passwords',
    ...flag,
    fallback: true,
    about:
      'Whether people may sign in with a password. Without, they come through the OpenID provider; links that an administrator makes (`penstock users link`) stay a way in when it is away.',
  },
  oidcIssuer: {
    env: 'PENSTOCK_OIDC_ISSUER',
    key: 'oidc.issuer',
    ...anyText,
    expects: 'the https URL of an OpenID provider (http on this machine only)',
    about:
      'OpenID Connect provider that people may sign in at, exactly as it names itself (`issuer` in its `.well-known/openid-configuration`). See docs/sign-in.md.',
  },
  oidcClientId: {
    env: 'PENSTOCK_OIDC_CLIENT_ID',
    key: 'oidc.clientId',
    ...anyText,
    about: 'What the provider knows this service as; needed with PENSTOCK_OIDC_ISSUER.',
  },
  oidcClientSecret: {
    env: 'PENSTOCK_OIDC_CLIENT_SECRET',
    key: 'oidc.clientSecret',
    ...anyText,
    about: 'Secret of that client, where the provider gave one. Better in a file: PENSTOCK_OIDC_CLIENT_SECRET_FILE.',
  },
  oidcScopes: {
    env: 'PENSTOCK_OIDC_SCOPES',
    key: 'oidc.scopes',
    schema: text('^(?:.* )?openid(?: .*)?$'),
    expects: 'scopes with blanks between them, openid among them',
    fallback: 'openid profile email',
    about: 'What the provider is asked for.',
  },
  oidcUserClaim: {
    env: 'PENSTOCK_OIDC_USER_CLAIM',
    key: 'oidc.userClaim',
    ...anyText,
    fallback: 'email',
    about:
      'Claim with the e-mail address that somebody has here. A user of that address who was here before is who signs in, so it must be one that people cannot choose themselves.',
  },
  oidcVerifiedEmail: {
    env: 'PENSTOCK_OIDC_VERIFIED_EMAIL',
    key: 'oidc.verifiedEmail',
    ...flag,
    fallback: true,
    about:
      'Whether the claim `email` counts only where the provider says `email_verified`. False is for providers that do not say it, and let nobody choose an address.',
  },
  oidcGroupsClaim: {
    env: 'PENSTOCK_OIDC_GROUPS_CLAIM',
    key: 'oidc.groupsClaim',
    ...anyText,
    fallback: 'groups',
    about: 'Claim with the groups of somebody; a dot leads into a claim that is an object (`realm_access.roles`).',
  },
  oidcRoles: {
    env: 'PENSTOCK_OIDC_ROLES',
    key: 'oidc.roles',
    ...anyText,
    expects: 'entries like GROUP=ORGANISATION:ROLE or GROUP=installation, one a line or with semicolons between',
    about:
      'What groups of the provider may do here: `GROUP=ORGANISATION:ROLE` (viewer, operator, designer, administrator), or `GROUP=installation` for its administrators; one a line, or with semicolons between. Where this is set, people without any role are not let in. Default: roles are given here (`penstock members set`).',
  },
  oidcAdmit: {
    env: 'PENSTOCK_OIDC_ADMIT',
    key: 'oidc.admit',
    ...flag,
    fallback: false,
    about:
      'Whether people whom the provider knows and this service does not are made users when they first sign in. Otherwise `penstock users create` comes first.',
  },
  oidcName: {
    env: 'PENSTOCK_OIDC_NAME',
    key: 'oidc.name',
    schema: text('^[^\\p{Cc}]{1,60}$'),
    expects: 'a text of at most 60 characters',
    about: 'What the button on the sign-in page calls the provider. Default: the host of its URL.',
  },
} as const satisfies Record<string, SettingDefinition>;
