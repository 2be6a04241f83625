import { type PenstockError, problemOf } from './errors.ts';
import { tokenEncryption } from './signature.ts';

export interface KeyPair {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A token with less than this left is exchanged before it is used. */
const RENEW_BEFORE_MS = 60_000;

/** Holds the access token of one key pair (contract B.2): asks for it once, renews it in time, shares one request. */
export class AccessTokenSource {
  readonly #baseUrl: string;
  readonly #keys: KeyPair;
  readonly #fetch: typeof fetch;
  #token: { readonly text: string; readonly expiresAt: number } | undefined;
  #pending: Promise<string> | undefined;
  #lastTimestamp = 0;

  constructor(baseUrl: string, keys: KeyPair, fetcher: typeof fetch) {
    this.#baseUrl = baseUrl;
    this.#keys = keys;
    this.#fetch = fetcher;
  }

  /** A token that is good for at least a minute. Throws `PenstockError` where the keys are refused. */
  async get(): Promise<string> {
    if (this.#token !== undefined && this.#token.expiresAt - Date.now() > RENEW_BEFORE_MS) return this.#token.text;
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** Forgets a token that the service did not accept. */
  reject(token: string): void {
    if (this.#token?.text === token) this.#token = undefined;
  }

  async #renew(): Promise<string> {
    const old = this.#token;
    this.#token = undefined;
    if (old !== undefined && old.expiresAt > Date.now()) {
      const renewed = await this.#ask('refresh', { accessToken: old.text });
      if ('text' in renewed) return this.#keep(renewed);
    }
    const fresh = await this.#ask('get', {});
    if (!('text' in fresh)) throw fresh;
    return this.#keep(fresh);
  }

  #keep(token: { text: string; expiresAt: number }): string {
    this.#token = token;
    return token.text;
  }

  async #ask(
    action: 'get' | 'refresh',
    more: Record<string, string>,
  ): Promise<{ text: string; expiresAt: number } | PenstockError> {
    // The service refuses a repeated `encryption`, so no two requests may share a millisecond.
    const timestamp = Math.max(Date.now(), this.#lastTimestamp + 1);
    this.#lastTimestamp = timestamp;
    const { accessKey, secretKey } = this.#keys;
    const response = await this.#fetch(`${this.#baseUrl}/apim-token-service/v2.0/token/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json;charset=UTF-8' },
      body: JSON.stringify({
        appKey: accessKey,
        encryption: tokenEncryption(accessKey, timestamp, secretKey),
        timestamp,
        ...more,
      }),
    });
    const answer = (await response.json().catch(() => undefined)) as
      | { status?: unknown; data?: { accessToken?: unknown; expire?: unknown } }
      | undefined;
    const { accessToken, expire } = answer?.data ?? {};
    if (answer?.status !== 0 || typeof accessToken !== 'string' || typeof expire !== 'number') {
      return problemOf(response.status, answer);
    }
    return { text: accessToken, expiresAt: Date.now() + expire * 1000 };
  }
}
