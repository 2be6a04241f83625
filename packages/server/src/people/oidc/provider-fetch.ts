import type { CustomFetch } from 'openid-client';
import { isSafeUrl } from '../../settings/sign-in/sign-in-settings.ts';

/** Metadata, keys and tokens take some kilobytes. */
const MAX_BYTES = 1_000_000;

/**
 * Asks the provider: over TLS (or on this machine), following no redirect, and reading no more than it can have to say.
 * Throws `TypeError`, as `fetch` does where nobody answers.
 */
export const providerFetch: CustomFetch = async (url, options) => {
  if (!isSafeUrl(url)) throw new TypeError('the provider names an address without TLS');
  const answer = await fetch(url, { ...options, redirect: 'manual' } as RequestInit);
  const body = await readAtMost(answer, MAX_BYTES);
  const { status, statusText, headers } = answer;
  return new Response(body.length === 0 ? null : body, { status, statusText, headers });
};

const readAtMost = async (answer: Response, most: number): Promise<Uint8Array<ArrayBuffer>> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early also ends the connection.
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > most) throw new TypeError(`the provider answers with more than ${most} bytes`);
    parts.push(part);
  }
  const body = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
};
