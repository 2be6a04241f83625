import { sha256Hex } from './seal.ts';

/** How far a client's clock may be off, either way. The contract names no limit; this one is common for signed APIs. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000;

/** `encryption` of the token service (contract B.2). */
export const tokenEncryption = (appKey: string, timestamp: string, appSecret: string): string =>
  sha256Hex(appKey + timestamp + appSecret);

/**
 * `apim-signature` of a call (contract B.3): query pairs decoded and sorted by name, then the body's bytes exactly as
 * sent. Of several pairs with one name the order of the query is kept. The path is not signed.
 */
export const callSignature = (call: {
  readonly accessToken: string;
  /** Without the question mark, as sent. */
  readonly rawQuery: string;
  readonly rawBody: Buffer;
  readonly timestamp: string;
  readonly appSecret: string;
}): string => {
  const pairs = [...new URLSearchParams(call.rawQuery)];
  // By code unit, which for names in ASCII is the order the contract asks for; the sort is stable.
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const query = pairs.map(([name, value]) => name + value).join('');
  return sha256Hex(
    Buffer.concat([Buffer.from(call.accessToken + query), call.rawBody, Buffer.from(call.timestamp + call.appSecret)]),
  );
};

/** Unix ms as a decimal text, or undefined. */
export const parseTimestamp = (text: string): number | undefined =>
  /^\d{1,15}$/.test(text) ? Number(text) : undefined;

export const isWithinSkew = (timestamp: number, now: number): boolean => Math.abs(timestamp - now) <= MAX_CLOCK_SKEW_MS;
