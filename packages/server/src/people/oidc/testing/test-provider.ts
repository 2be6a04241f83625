import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject } from '@penstock/model';
import { Provider, type ProviderContext } from 'oidc-provider';
import { claimsOf, createSigningKey, type SigningKey } from './signing-keys.ts';

export const CLIENT = { id: 'penstock', secret: 'secret-of-the-client' } as const;

/** Who sits at the browser, as the provider knows them. */
export interface Account {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly groups?: readonly string[];
}

/** A real OpenID provider on loopback, in this process. */
export interface TestProvider {
  readonly issuer: string;
  readonly key: SigningKey;
  /** Signs in at the next visit without a question; undefined: breaks off. */
  account: Account | undefined;
  /** Makes another ID token of the one the provider gives. */
  forge: ((claims: Record<string, unknown>) => string) | undefined;
  /** Whether it answers at all. */
  isAway: boolean;
  /** Paths that were asked for. */
  readonly asked: string[];
  /** Begins to serve a service at an address. */
  serve(service: string): void;
  close(): Promise<void>;
}

/** Listens at once and answers 503 until `serve`: the service needs the issuer first, the provider its address. */
export const startTestProvider = async (
  options: { readonly claimsInIdToken?: boolean } = {},
): Promise<TestProvider> => {
  let answer: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  const server = createServer((request, response) => {
    provider.asked.push(request.url?.split('?')[0] ?? '');
    if (provider.isAway || answer === undefined) response.writeHead(503).end();
    else void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const provider: TestProvider = {
    issuer: `http://127.0.0.1:${port}`,
    key: createSigningKey('key-1'),
    account: undefined,
    forge: undefined,
    isAway: false,
    asked: [],
    serve: (service) => {
      answer = answerOf(provider, service, options.claimsInIdToken !== false);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
};

const answerOf = (test: TestProvider, service: string, claimsInIdToken: boolean) => {
  const oidc = new Provider(test.issuer, configurationOf(test, service, claimsInIdToken));
  oidc.use(async (context, next) => {
    await next();
    if (context.oidc?.route === 'token' && test.forge !== undefined && isJsonObject(context.body))
      context.body.id_token = test.forge(claimsOf(String(context.body.id_token)));
  });
  const callback = oidc.callback();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url?.startsWith('/interaction/') !== true) return callback(request, response);
    const { account } = test;
    const result =
      account === undefined ? { error: 'access_denied' } : { login: { accountId: account.sub, remember: false } };
    await oidc.interactionFinished(request, response, result);
  };
};

const SCOPES = 'openid profile email groups';

const configurationOf = (test: TestProvider, service: string, claimsInIdToken: boolean) => ({
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      redirect_uris: [`${service}/api/v1/session/oidc/callback`],
      post_logout_redirect_uris: [`${service}/sign-in`],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  jwks: { keys: [test.key.jwk] },
  scopes: SCOPES.split(' '),
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
  conformIdTokenClaims: !claimsInIdToken,
  pkce: { required: () => true },
  // Said, so that the provider does not print that these are its own.
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 3600, Interaction: 600, Session: 600 },
  cookies: { keys: ['cookies of the provider'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  findAccount: (_context: unknown, accountId: string) => ({
    accountId,
    claims: () => ({ ...test.account, sub: accountId }),
  }),
  // People are not asked whether this service may know their names.
  loadExistingGrant: async ({ oidc }: ProviderContext) => {
    if (oidc === undefined) return undefined;
    const grantId = oidc.session.grantIdFor(oidc.client.clientId);
    if (grantId !== undefined) return oidc.provider.Grant.find(grantId);
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope(SCOPES);
    await grant.save();
    return grant;
  },
});
