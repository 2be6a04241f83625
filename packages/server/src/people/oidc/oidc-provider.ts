import type { Clock } from '@penstock/engine';
import { messageOf } from '@penstock/model';
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clockSkew,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client';
import { isSafeUrl, type OidcSettings } from '../../settings/sign-in/sign-in-settings.ts';
import { providerAway } from './provider-error.ts';
import { providerFetch } from './provider-fetch.ts';

/** An answer that takes longer is none: somebody waits in front of a browser. */
const ANSWER_SECONDS = 5;
/** How far the provider's clock may be from ours. */
export const CLOCK_TOLERANCE_SECONDS = 60;

const LOOK_AGAIN_MS = 3600_000;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 300_000;
/** Strangers who want to sign in do not make a provider that is away be asked more often than this. */
const ASK_AT_MOST_EVERY_MS = 2_000;

export interface OidcProviderOptions {
  readonly settings: OidcSettings;
  readonly clock: Clock;
  /** Told when the provider goes away, and when it is back. */
  readonly onChange: (trouble: Error | undefined) => void;
  /** Before it is asked again for the first time (ms). */
  readonly retryMs?: number;
}

/**
 * The OpenID provider that people sign in at, and what it says of itself. That is asked for in the background and again
 * each hour: neither the start of the service nor anybody signed in depends on it.
 */
export class OidcProvider {
  readonly settings: OidcSettings;
  readonly #clock: Clock;
  readonly #onChange: OidcProviderOptions['onChange'];
  #known: Configuration | undefined;
  #asking: Promise<Configuration> | undefined;
  #failure: { readonly error: Error; readonly at: number } | undefined;
  readonly #firstRetryMs: number;
  #retryMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ settings, clock, onChange, retryMs = FIRST_RETRY_MS }: OidcProviderOptions) {
    this.settings = settings;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#firstRetryMs = retryMs;
    this.#retryMs = retryMs;
  }

  /** Looks in the background from now on. */
  start(): void {
    void this.#ask().then(
      () => this.#lookIn(LOOK_AGAIN_MS),
      () => {
        this.#lookIn(this.#retryMs);
        this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
      },
    );
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** What the provider said of itself last; asked now where it never has. Errors: `OIDC_PROVIDER_AWAY`. */
  async configuration(): Promise<Configuration> {
    if (this.#known !== undefined) return this.#known;
    const failure = this.#failure;
    const isJustAsked = failure !== undefined && Math.abs(this.#clock.now() - failure.at) < ASK_AT_MOST_EVERY_MS;
    if (this.#asking === undefined && isJustAsked) throw failure.error;
    return this.#ask();
  }

  /** Where a browser can end the session at the provider too; undefined where that is not known or not offered. */
  signOutEndpoint(): string | undefined {
    return this.#known?.serverMetadata().end_session_endpoint;
  }

  /** Why nobody can sign in there, as it was when it was last asked; undefined where nothing is wrong. */
  get trouble(): string | undefined {
    return this.#failure === undefined ? undefined : messageOf(this.#failure.error.cause ?? this.#failure.error);
  }

  #lookIn(ms: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.start(), ms);
    this.#timer.unref();
  }

  /** One question at a time, whoever asks. */
  #ask(): Promise<Configuration> {
    this.#asking ??= this.#discover().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #discover(): Promise<Configuration> {
    try {
      this.#known = await discover(this.settings, this.#clock);
      if (this.#failure !== undefined) this.#onChange(undefined);
      this.#failure = undefined;
      this.#retryMs = this.#firstRetryMs;
      return this.#known;
    } catch (error) {
      const trouble = providerAway(error);
      if (this.#failure === undefined && !this.#isClosed) this.#onChange(trouble);
      this.#failure = { error: trouble, at: this.#clock.now() };
      throw trouble;
    }
  }
}

const discover = async (settings: OidcSettings, clock: Clock): Promise<Configuration> => {
  const isOnThisMachine = new URL(settings.issuer).protocol === 'http:';
  const configuration = await discovery(
    new URL(settings.issuer),
    settings.clientId,
    {
      // Instances go by the database's clock.
      [clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
      [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    },
    authenticationWith(settings.clientSecret),
    {
      timeout: ANSWER_SECONDS,
      [customFetch]: providerFetch,
      // The library else believes what comes over TLS from the token endpoint without looking at its signature.
      execute: [enableNonRepudiationChecks, ...(isOnThisMachine ? [allowInsecureRequests] : [])],
    },
  );
  refuseUnsafe(configuration);
  return configuration;
};

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;
const OPTIONAL_ENDPOINTS = ['userinfo_endpoint', 'end_session_endpoint'] as const;

/** Throws where an endpoint is missing, or would send what is secret in clear. */
const refuseUnsafe = (configuration: Configuration): void => {
  const metadata = configuration.serverMetadata();
  for (const name of ENDPOINTS)
    if (typeof metadata[name] !== 'string') throw new TypeError(`the provider names no ${name}`);
  for (const name of [...ENDPOINTS, ...OPTIONAL_ENDPOINTS]) {
    const url = metadata[name];
    if (url !== undefined && !isSafeUrl(url)) throw new TypeError(`the ${name} of the provider is not an https URL`);
  }
};

/** As the provider takes the client's secret: in a header unless it says that it only takes it in the body. */
const authenticationWith = (secret: string | undefined): ClientAuth => {
  if (secret === undefined) return None();
  const [inHeader, inBody] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const takesHeader = methods === undefined || methods.includes('client_secret_basic');
    (takesHeader ? inHeader : inBody)(server, client, body, headers);
  };
};
