import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256 of the UTF-8 bytes of a text. */
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** The `encryption` of a token request (contract B.2). `timestamp` in Unix ms, as it is sent. */
export const tokenEncryption = (accessKey: string, timestamp: number | string, secretKey: string): string =>
  sha256(`${accessKey}${timestamp}${secretKey}`);

export interface SignedCall {
  readonly accessToken: string;
  /** Query parameters, decoded. */
  readonly query: Iterable<readonly [name: string, value: string]>;
  /** The body's text exactly as it is sent; empty where there is none. */
  readonly body: string;
  /** Unix ms, as sent in `apim-timestamp`. */
  readonly timestamp: number | string;
  readonly secretKey: string;
}

/**
 * The `apim-signature` of a call (contract B.3): token, the query's names and values sorted by name, body, timestamp
 * and secret, hashed. Path and method are not part of it.
 */
export const callSignature = ({ accessToken, query, body, timestamp, secretKey }: SignedCall): string => {
  const pairs = [...query].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sha256(`${accessToken}${pairs.flat().join('')}${body}${timestamp}${secretKey}`);
};
