/** How people sign in, and why they were not. Problems are known by the code that the service gave. */
export const signInEn = {
  'signIn.title': 'Sign in',
  'signIn.email': 'E-mail address',
  'signIn.password': 'Password',
  'signIn.submit': 'Sign in',
  'signIn.atProvider': 'Sign in with {name}',
  'signIn.linkHint': 'Or open the sign-in link that npm start prints; another one: penstock users link',
  'signIn.goOnAs': 'Go on as {email}, who is signed in here',
  'signIn.linkSpent': 'That link was used already, or is too old. Another one: penstock users link',
  'signIn.failed': 'You were not signed in.',
  'signIn.problem.OTHER': 'Something went wrong. Try again; the log of the service says more.',
  'signIn.problem.FAILURES_TOO_MANY':
    'There were too many attempts from your network. Try again in a quarter of an hour.',
  'signIn.problem.OIDC_AUDIENCE_WRONG':
    'The provider gave a token that is for another service. Tell the administrator: the client id is not the one the provider knows.',
  'signIn.problem.OIDC_CLAIM_MISSING':
    'The provider does not say who you are: it tells no e-mail address. Tell the administrator.',
  'signIn.problem.OIDC_CLOCK_SKEW': 'The clocks of the provider and of this service differ. Tell the administrator.',
  'signIn.problem.OIDC_DENIED': 'The sign-in was refused at the provider, or broken off there.',
  'signIn.problem.OIDC_EMAIL_UNVERIFIED':
    'The provider does not say that your e-mail address is really yours. Have it verified there.',
  'signIn.problem.OIDC_NOT_CONFIGURED': 'This service knows no provider to sign in at.',
  'signIn.problem.OIDC_PROVIDER_AWAY': 'The provider does not answer at this moment. Try again shortly.',
  'signIn.problem.OIDC_PROVIDER_REFUSED':
    'The provider does not accept this service. Tell the administrator: the log of the service says why.',
  'signIn.problem.OIDC_ROLE_NONE': 'None of your groups has a role here. Ask the administrator.',
  'signIn.problem.OIDC_STATE_WRONG':
    'This sign-in was not begun in this browser, was used before, or took longer than ten minutes. Begin again.',
  'signIn.problem.OIDC_TOKEN_INVALID':
    'What the provider sent could not be trusted. Begin again; if it happens again, tell the administrator.',
  'signIn.problem.OIDC_USER_DISABLED': 'You cannot sign in here any more. Ask the administrator.',
  'signIn.problem.OIDC_USER_TAKEN':
    'Your e-mail address belongs to another account of the provider here. Ask the administrator.',
  'signIn.problem.OIDC_USER_UNKNOWN':
    'The provider knows you, this service does not. Ask the administrator to make you a user.',
  'signIn.problem.USER_LIMIT_REACHED': 'There are as many users as may be. Ask the administrator.',
} as const;
