import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../generated/api.ts';
import { reachable } from '../reachable.ts';

export interface SessionClientOptions {
  /** Where the service is; a page that the service serves itself gives its own origin. */
  readonly baseUrl: string;
  /** The token `GET /api/v1/session` tells; undefined while nobody is signed in. */
  readonly csrfToken: () => string | undefined;
  /** The language that codes are explained in (`Accept-Language`); without it that of the browser. */
  readonly language?: () => string;
  /** Instead of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * Penstock's own API for a page in a browser: who calls is known by the cookie of the session, which no script sees.
 * What changes something carries the session's CSRF token. Errors: `CLIENT_UNREACHABLE`.
 */
export const createSessionClient = ({
  baseUrl,
  csrfToken,
  language,
  fetch: given,
}: SessionClientOptions): Client<paths> => {
  // Looked up at each call: `fetch` may not be called as a method of something else.
  const reach = reachable(baseUrl, given ?? ((input, init) => fetch(input, init)));
  const client = createClient<paths>({
    baseUrl,
    fetch: (request: Request) => reach(request),
    credentials: 'same-origin',
  });
  client.use({
    onRequest: ({ request }) => {
      if (language !== undefined) request.headers.set('accept-language', language());
      const token = csrfToken();
      if (request.method !== 'GET' && token !== undefined) request.headers.set('x-csrf-token', token);
      return request;
    },
  });
  return client;
};
