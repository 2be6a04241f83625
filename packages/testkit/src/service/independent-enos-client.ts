import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '@penstock/model';

/** The EnOS API as an outside client sees it: token service and signed calls, written from the contract (B.2, B.3). */
export class IndependentEnosClient {
  readonly #baseUrl: string;
  readonly #accessKey: string;
  readonly #secretKey: string;
  #token: string | undefined;

  constructor(options: { readonly baseUrl: string; readonly accessKey: string; readonly secretKey: string }) {
    this.#baseUrl = options.baseUrl;
    this.#accessKey = options.accessKey;
    this.#secretKey = options.secretKey;
  }

  /** A signed call; resolves to `data` of the envelope and rejects when its code is not 0. */
  async call(
    method: 'GET' | 'POST',
    path: string,
    query: Readonly<Record<string, string>>,
    body?: JsonObject,
  ): Promise<JsonValue> {
    this.#token ??= await this.#getToken();
    const timestamp = String(Date.now());
    const text = body === undefined ? '' : JSON.stringify(body);
    const parameters = Object.keys(query)
      .sort()
      .map((name) => `${name}${query[name]}`)
      .join('');
    const response = await fetch(`${this.#baseUrl}/streaming/v2.0/${path}?${new URLSearchParams(query)}`, {
      method,
      headers: {
        'apim-accesstoken': this.#token,
        'apim-timestamp': timestamp,
        'apim-signature': sha256(`${this.#token}${parameters}${text}${timestamp}${this.#secretKey}`),
        ...(body === undefined ? {} : { 'content-type': 'application/json;charset=UTF-8' }),
      },
      ...(body === undefined ? {} : { body: text }),
    });
    const envelope = (await response.json()) as { code?: number; msg?: string; data?: JsonValue };
    if (envelope.code !== 0) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(envelope)}`);
    return envelope.data ?? null;
  }

  async #getToken(): Promise<string> {
    const timestamp = Date.now();
    const response = await fetch(`${this.#baseUrl}/apim-token-service/v2.0/token/get`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        appKey: this.#accessKey,
        encryption: sha256(`${this.#accessKey}${timestamp}${this.#secretKey}`),
        timestamp,
      }),
    });
    const answer = (await response.json()) as { status?: number; data?: { accessToken?: string } };
    if (answer.status !== 0 || answer.data?.accessToken === undefined) {
      throw new Error(`no access token: ${response.status} ${JSON.stringify(answer)}`);
    }
    return answer.data.accessToken;
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
