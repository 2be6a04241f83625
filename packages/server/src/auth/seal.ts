import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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

/** `older` keys open what they sealed, and seal nothing. */
export const createSeal = (key: Buffer, older: readonly Buffer[] = []): Seal => ({
  seal: (purpose, clear) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()]);
    return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
  },
  unseal: (purpose, sealed) => {
    const bytes = Buffer.from(sealed.slice('v1.'.length), 'base64url');
    let cause: unknown;
    for (const known of [key, ...older]) {
      try {
        return openWith(known, purpose, bytes);
      } catch (error) {
        cause ??= error; // the text itself does not say whose it is: another key may open it
      }
    }
    throw new AppError('SEAL_BROKEN', 'A sealed value of the database cannot be opened with this seal key.', {
      domain: 'internal',
      cause,
    });
  },
});

/** Throws for bytes that this key did not seal for this purpose. */
const openWith = (key: Buffer, purpose: string, bytes: Buffer): string => {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
    .setAAD(Buffer.from(purpose))
    .setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
};

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

/**
 * The seal key before the present one, where there is one: of `PENSTOCK_SEAL_KEY_OLD` or of the file `seal-key.old` in
 * the data folder. It opens what it sealed until all of that is sealed anew, which is done at the start.
 */
export const loadOldSealKeys = (options: {
  readonly sealKeyOld?: string | undefined;
  readonly dataDir: string;
}): readonly Buffer[] => {
  if (options.sealKeyOld !== undefined) return [decodeKey(options.sealKeyOld, 'PENSTOCK_SEAL_KEY_OLD')];
  const path = join(options.dataDir, 'seal-key.old');
  return existsSync(path) ? [decodeKey(readFileSync(path, 'utf8'), `The file "${path}"`)] : [];
};

const decodeKey = (text: string, where: string): Buffer => {
  const trimmed = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new AppError('SEAL_KEY_INVALID', `${where} must hold 32 random bytes as base64 or hex.`, { domain: 'user' });
};

/** Names a key without telling it. */
export const fingerprintOf = (key: Buffer): string =>
  createHash('sha256').update('penstock seal key').update(key).digest('hex');

const FINGERPRINT = 'seal-key-fingerprint';

/** Of the key that the database's secrets are sealed with; undefined before the first claim. */
export const readSealFingerprint = async (db: Database): Promise<string | undefined> => {
  const [fact] = await db.select().from(storeFacts).where(eq(storeFacts.name, FINGERPRINT));
  return fact?.value;
};

export const writeSealFingerprint = async (db: Database, key: Buffer): Promise<void> => {
  const value = fingerprintOf(key);
  await db
    .insert(storeFacts)
    .values({ name: FINGERPRINT, value })
    .onConflictDoUpdate({ target: storeFacts.name, set: { value } });
};

/**
 * Binds the database to the key on first use, and refuses keys it does not know afterwards: better once at the start
 * than with every signature. One of the `older` keys is known: `resealDatabase` goes on from there.
 * Errors: `SEAL_KEY_WRONG`.
 */
export const claimDatabase = async (db: Database, key: Buffer, older: readonly Buffer[] = []): Promise<void> => {
  await db
    .insert(storeFacts)
    .values({ name: FINGERPRINT, value: fingerprintOf(key) })
    .onConflictDoNothing();
  const fingerprint = (await readSealFingerprint(db)) ?? '';
  if ([key, ...older].some((known) => isSameText(fingerprint, fingerprintOf(known)))) return;
  throw new AppError(
    'SEAL_KEY_WRONG',
    'The secrets in the database were sealed with another key. Give this instance the same PENSTOCK_SEAL_KEY ' +
      '(or the same "seal-key" file) as the one that made them, or that key as PENSTOCK_SEAL_KEY_OLD to change to a new one.',
    { domain: 'user' },
  );
};

/** SHA-256 in lower-case hex. */
export const sha256Hex = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** Compares in a time that does not depend on where two texts differ. */
export const isSameText = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
