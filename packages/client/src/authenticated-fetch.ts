import { AccessTokenSource, type KeyPair } from './access-token.ts';
import { reachable } from './reachable.ts';
import { callSignature } from './signature.ts';

export type Credentials = { readonly adminToken: string } | KeyPair | undefined;

/** `fetch` for one installation: adds credentials, and turns a missing answer into a clear error. */
export const authenticatedFetch = (
  baseUrl: string,
  credentials: Credentials,
  plainFetch: typeof fetch = fetch,
): ((request: Request) => Promise<Response>) => {
  const reach = reachable(baseUrl, plainFetch);
  if (credentials === undefined) return (request) => reach(request);
  if ('adminToken' in credentials) {
    return (request) => reach(withHeaders(request, { authorization: `Bearer ${credentials.adminToken}` }));
  }
  const tokens = new AccessTokenSource(baseUrl, credentials, reach);
  return async (request) => {
    const body = request.body === null ? '' : await request.clone().text();
    const send = async (): Promise<{ response: Response; accessToken: string }> => {
      const accessToken = await tokens.get();
      const timestamp = String(Date.now());
      const query = new URL(request.url).searchParams;
      const signature = callSignature({ accessToken, query, body, timestamp, secretKey: credentials.secretKey });
      const headers = {
        'apim-accesstoken': accessToken,
        'apim-timestamp': timestamp,
        'apim-signature': signature,
      };
      return { response: await reach(withHeaders(request.clone(), headers)), accessToken };
    };
    const first = await send();
    if (first.response.status !== 401) return first.response;
    // The token may have been withdrawn, or the service set up anew: one more try with a new one.
    tokens.reject(first.accessToken);
    await first.response.body?.cancel();
    return (await send()).response;
  };
};

const withHeaders = (request: Request, headers: Record<string, string>): Request => {
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  return request;
};
