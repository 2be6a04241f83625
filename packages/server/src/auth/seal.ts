import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@penstock/model';
import { eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { storeFacts } from '../store/schema.ts';

/** Encrypts what has to be read back (AES-256-GCM). The purpose is bound in, so that no value can be put elsewhere. */
export interface Seal {
  seal(purpose: string, clear: string): string;
  /** Errors: `SEAL_BROKEN` when the text was not sealed by this key for this purpose. */
  unseal(purpose: string, sealed: string): string;
}

const KEY_BYTES = 32;

export const createSeal = (key: Buffer): Seal => ({
  seal: (purpose, clear) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()]);
    return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
  },
  unseal: (purpose, sealed) => {
    try {
      const bytes = Buffer.from(sealed.slice('v1.'.length), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new AppError('SEAL_BROKEN', 'A sealed value of the database cannot be opened with this seal key.', {
        domain: 'internal',
        cause: error,
      });
    }
  },
});

/**
 * The seal key: of the environment (`PENSTOCK_SEAL_KEY`, base64 or hex of 32 bytes), or of the file `seal-key` in the
 * data folder, made on first use and readable by its owner alone. Several instances on one database need the same.
 * Errors: `SEAL_KEY_INVALID`.
 */
export const loadSealKey = (options: { readonly sealKey?: string | undefined; readonly dataDir: string }): Buffer => {
  if (options.sealKey !== undefined) return decodeKey(options.sealKey, 'PENSTOCK_SEAL_KEY');
  const path = join(options.dataDir, 'seal-key');
  try {
    writeFileSync(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return decodeKey(readFileSync(path, 'utf8'), `The file "${path}"`);
};

const decodeKey = (text: string, where: string): Buffer => {
  const trimmed = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new AppError('SEAL_KEY_INVALID', `${where} must hold 32 random bytes as base64 or hex.`, { domain: 'user' });
};

/**
 * Binds the database to the key on first use, and refuses another key afterwards: better once at the start than with
 * every signature. Errors: `SEAL_KEY_WRONG`.
 */
export const claimDatabase = async (db: Database, key: Buffer): Promise<void> => {
  const fingerprint = createHash('sha256').update('penstock seal key').update(key).digest('hex');
  await db.insert(storeFacts).values({ name: 'seal-key-fingerprint', value: fingerprint }).onConflictDoNothing();
  const [fact] = await db.select().from(storeFacts).where(eq(storeFacts.name, 'seal-key-fingerprint'));
  if (fact !== undefined && isSameText(fact.value, fingerprint)) return;
  throw new AppError(
    'SEAL_KEY_WRONG',
    'The secrets in the database were sealed with another key. Give this instance the same PENSTOCK_SEAL_KEY ' +
      '(or the same "seal-key" file) as the one that made them.',
    { domain: 'user' },
  );
};

/** SHA-256 in lower-case hex. */
export const sha256Hex = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** Compares in a time that does not depend on where two texts differ. */
export const isSameText = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
