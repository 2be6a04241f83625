import { AppError, isJsonObject, type JsonObject, messageOf } from '@penstock/model';

export interface ResourceManagerHttpOptions {
  /** Origins of the ResourceManagers; several where there is high availability. */
  readonly urls: readonly string[];
  /** Who this service says it is, where the cluster believes what it is told (Hadoop's "simple" authentication). */
  readonly user: string;
  /** Per attempt; default 5 s. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5000;
const BASE = '/ws/v1/cluster';

/** An answer that is one: what it says, or that there is no such thing. */
type Answer = { readonly kind: 'found'; readonly body: JsonObject } | { readonly kind: 'not-found' };

/**
 * The ResourceManager's REST API as HTTP: whichever of the addresses is active answers. A standby either redirects to
 * the active one or says in plain words that there is none, so what is no JSON is no answer.
 * Errors of all calls: `CLUSTER_UNREACHABLE` (nobody answers as a ResourceManager does), `CLUSTER_FORBIDDEN` (it does,
 * and refuses). SPNEGO (Kerberos over HTTP) is not spoken.
 */
export class ResourceManagerHttp {
  readonly #options: ResourceManagerHttpOptions;
  /** The address that answered last is asked first. */
  #active = 0;

  constructor(options: ResourceManagerHttpOptions) {
    this.#options = options;
  }

  /** Undefined where the ResourceManager knows no such thing. `path` is below `/ws/v1/cluster`. */
  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<JsonObject | undefined> {
    return this.#ask('GET', path, query);
  }

  async put(path: string, body: JsonObject): Promise<JsonObject | undefined> {
    return this.#ask('PUT', path, {}, body);
  }

  async #ask(
    method: 'GET' | 'PUT',
    path: string,
    query: Readonly<Record<string, string>>,
    body?: JsonObject,
  ): Promise<JsonObject | undefined> {
    const { urls } = this.#options;
    const troubles: string[] = [];
    for (let tried = 0; tried < urls.length; tried += 1) {
      const at = (this.#active + tried) % urls.length;
      const url = new URL(BASE + path, urls[at]);
      for (const [name, value] of Object.entries({ ...query, 'user.name': this.#options.user }))
        url.searchParams.set(name, value);
      try {
        const answer = await this.#once(method, url, body);
        this.#active = at;
        return answer.kind === 'found' ? answer.body : undefined;
      } catch (error) {
        if (error instanceof AppError) throw error;
        troubles.push(`${urls[at]}: ${reasonOf(error)}`);
      }
    }
    throw new AppError(
      'CLUSTER_UNREACHABLE',
      `The ResourceManager of the cluster does not answer (${troubles.join('; ')}).`,
      { domain: 'external', retryable: true },
    );
  }

  async #once(method: 'GET' | 'PUT', url: URL, body: JsonObject | undefined): Promise<Answer> {
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 401 || response.status === 403)
      throw new AppError(
        'CLUSTER_FORBIDDEN',
        `The ResourceManager does not let user "${this.#options.user}" do that (HTTP ${response.status}). ` +
          'Let it, or point PENSTOCK_YARN_RM_URL at a gateway that does.',
        { domain: 'external' },
      );
    const parsed = parse(text);
    if (parsed === undefined) throw new Error(`HTTP ${response.status} without the JSON of a ResourceManager`);
    if (response.status === 404) return { kind: 'not-found' };
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${messageIn(parsed)}`);
    return { kind: 'found', body: parsed };
  }
}

const parse = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: no ResourceManager that is active
  }
};

const messageIn = (body: JsonObject): string => {
  const told = body.RemoteException;
  return isJsonObject(told) && typeof told.message === 'string' ? told.message.slice(0, 300) : 'no reason given';
};

/** `fetch` hides the reason in the cause. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
