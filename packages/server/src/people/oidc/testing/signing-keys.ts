import { createSign, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

/** A key that signs tokens, and what names it in their headers. */
export interface SigningKey {
  readonly kid: string;
  readonly jwk: JsonWebKey & { readonly kid: string; readonly use: string; readonly alg: string };
  readonly key: KeyObject;
}

export const createSigningKey = (kid: string): SigningKey => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, key: privateKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } };
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of these claims, signed by a key; with none, one that says so of itself (`alg: none`). */
export const signToken = (
  claims: Readonly<Record<string, unknown>>,
  by: SigningKey | undefined,
  kid = by?.kid,
): string => {
  const content = `${part(by === undefined ? { alg: 'none' } : { alg: 'RS256', kid })}.${part(claims)}`;
  return `${content}.${by === undefined ? '' : createSign('RSA-SHA256').update(content).sign(by.key, 'base64url')}`;
};

/** What is in a token, whoever signed it. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
