import { AuthenticationError, NetworkError, ResponseError, TimeoutError, UserError } from '@platformatic/kafka';

/** Why there is no connection, however often it is tried; `advice` is a sentence on what to do. */
export interface Refusal {
  /** Name of Kafka, Node or OpenSSL. */
  readonly name: string;
  readonly advice: string;
}

const WANTS_TLS = 'The broker speaks TLS on this port: turn TLS on, or use the port of a listener without it.';
const CA_MISSING =
  'The authority that signed the certificate of the broker is not trusted: give its certificate as the CA.';
const CLIENT_CERTIFICATE =
  'The broker wants a client certificate from an authority that it trusts: give one and the key that belongs to it.';
const OTHER_NAME =
  'The certificate of the broker is for other names: write the servers by a name that the certificate has.';
const DATES = 'Renew the certificate, or set the clock of this machine.';

/** Kafka's error numbers for credentials (protocol guide, "Error Codes"). */
export const SASL_ADVICE: ReadonlyMap<number, string> = new Map([
  [33, 'Choose one of the mechanisms that the broker offers on this port.'],
  [34, 'The broker wants no user on this port: leave user and password out, or use the port of a SASL listener.'],
  [58, 'Check the user name, the password and the SASL mechanism.'],
]);

/** Codes of Node's and OpenSSL's errors; the first that fits counts. */
const TLS_ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/, OTHER_NAME],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, DATES],
  [/^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_UNTRUSTED|INVALID_CA)/, CA_MISSING],
  [/ALERT_(CERTIFICATE_|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|HANDSHAKE_FAILURE)/, CLIENT_CERTIFICATE],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/, 'The broker does not speak TLS on this port.'],
  [/^ERR_OSSL_/, 'The client certificate and its key cannot be used: they have to be PEM and belong together.'],
  // What a damaged connection looks like; that passes.
  [/BAD_RECORD_MAC|DECRYPTION|ALERT_INTERNAL_ERROR|UNEXPECTED_EOF/, ''],
  [/^(ERR_TLS_|ERR_SSL_|CERT_)/, 'Check the TLS settings here and those of the broker.'],
];

/** An error with all that it came from, outermost first. */
export const chainOf = (error: unknown, depth = 0): readonly Error[] => {
  if (!(error instanceof Error) || depth > 5) return [];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  return [error, ...inner.flatMap((each) => chainOf(each, depth + 1))];
};

/** Refusals of TLS and of the authentication; those with a number of Kafka's have that instead. */
export const refusalOf = (error: unknown): Refusal | undefined => {
  const chain = chainOf(error);
  for (const each of chain) {
    const code = (each as { code?: unknown }).code;
    const advice = typeof code === 'string' ? TLS_ADVICE.find(([pattern]) => pattern.test(code))?.[1] : undefined;
    if (advice !== undefined && advice !== '') return { name: String(code), advice };
  }
  // One that was interrupted says nothing about the credentials: brokers come and go.
  if (chain.some((each) => isHangUp(each) || each instanceof TimeoutError || isSocketError(each))) return undefined;
  if (chain.some((each) => isA(each, AuthenticationError)))
    return { name: 'AUTHENTICATION', advice: 'Check the user name, the password and the SASL mechanism.' };
  if (chain.some((each) => isA(each, UserError))) return { name: 'TLS_REQUIRED', advice: WANTS_TLS };
  return undefined;
};

/** The other side ended the connection without saying why. */
export const isHangUp = (error: unknown): boolean =>
  isA(error, NetworkError) && !(error instanceof TimeoutError) && (error as Error).cause === undefined;

/** Whether the whole request was ended so. */
export const endedByHangUp = (error: unknown): boolean => {
  const last = chainOf(error).at(-1);
  return last !== undefined && (isHangUp(last) || (last as { code?: unknown }).code === 'ECONNRESET');
};

/** The library's envelope around the errors in an answer; what it says itself is of no use to people. */
export const isEnvelope = (error: unknown): boolean => isA(error, ResponseError);

/** By the code, as the library has several classes of one kind. */
const isA = (error: unknown, kind: { readonly code: string }): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === kind.code;

/** As the system names them: ECONNRESET, EPIPE. */
const isSocketError = (error: Error): boolean => /^E[A-Z0-9]+$/.test(String((error as { code?: unknown }).code));
