import createClient, { type Client } from 'openapi-fetch';
import { authenticatedFetch, type Credentials } from './authenticated-fetch.ts';
import { EnosApi } from './enos-api.ts';
import type { paths } from './generated/api.ts';

export interface PenstockClientOptions {
  /** Address of the service, for example `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** Of the installation's administrator. Without it the keys of one organisation are used. */
  readonly adminToken?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  /** Instead of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
}

/** A client of one Penstock installation. It keeps the access token of its key pair; it needs no closing. */
export interface PenstockClient {
  readonly baseUrl: string;
  /** Penstock's own API, typed by its OpenAPI document. Wrap calls in `resultOf` to get the body or an error. */
  readonly api: Client<paths>;
  /** The EnOS calls, for one organisation. */
  enos(orgId: string): EnosApi;
}

export const createPenstockClient = (options: PenstockClientOptions): PenstockClient => {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const fetcher = authenticatedFetch(baseUrl, credentialsOf(options), options.fetch);
  return {
    baseUrl,
    api: createClient<paths>({ baseUrl, fetch: fetcher }),
    enos: (orgId) => new EnosApi(baseUrl, orgId, fetcher),
  };
};

const credentialsOf = ({ adminToken, accessKey, secretKey }: PenstockClientOptions): Credentials => {
  if (adminToken !== undefined) return { adminToken };
  if (accessKey !== undefined && secretKey !== undefined) return { accessKey, secretKey };
  if (accessKey !== undefined || secretKey !== undefined) {
    throw new TypeError('accessKey and secretKey belong together: give both or neither');
  }
  return undefined;
};
