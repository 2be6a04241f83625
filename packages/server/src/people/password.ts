import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { AppError } from '@penstock/model';

/**
 * Passwords are kept as `scrypt$log2N$r$p$salt$hash`: the text says how it was made, so that the cost can be raised
 * later. 2^15, 8, 3 takes 32 MiB and some 200 ms (one of the settings that OWASP names as equal to 2^17, 8, 1, which
 * would take 128 MiB).
 */
const COST = { log2N: 15, r: 8, p: 3 } as const;
const HASH_BYTES = 32;

export const MIN_PASSWORD = 10;
const MAX_PASSWORD = 200;

/** Why a password cannot be taken, or undefined. */
export const passwordProblem = (password: string): string | undefined => {
  if ([...password].length < MIN_PASSWORD) return `must have at least ${MIN_PASSWORD} characters`;
  if (password.length > MAX_PASSWORD) return `must have at most ${MAX_PASSWORD} characters`;
  if (!password.isWellFormed()) return 'holds half of a surrogate pair, which is no character';
  if (new Set(password).size < 4) return 'is made of too few different characters';
  return undefined;
};

/** Hashes under way at once, and waiting: what strangers can ask for has a bound in memory. */
const AT_ONCE = 2;
const MAX_WAITING = 16;

let running = 0;
const waiting: (() => void)[] = [];

/** Takes a place, at once or after others. Errors: `SIGN_INS_TOO_MANY` where too many wait already. */
const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running >= AT_ONCE) {
    if (waiting.length >= MAX_WAITING)
      throw new AppError('SIGN_INS_TOO_MANY', 'Too many people sign in at this moment. Try again in some seconds.', {
        domain: 'external',
        retryable: true,
      });
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    // The place goes to the next in line, or is free.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
};

const derive = (password: string, salt: Buffer, bytes: number, options: ScryptOptions): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise((resolve, reject) =>
        // As people type it on whatever keyboard: one form for each character.
        scrypt(password.normalize('NFKC'), salt, bytes, options, (error, key) =>
          error === null ? resolve(key) : reject(error),
        ),
      ),
  );

const optionsOf = ({ log2N, r, p }: { log2N: number; r: number; p: number }): ScryptOptions => ({
  N: 2 ** log2N,
  r,
  p,
  maxmem: 2 ** log2N * r * 128 * 2,
});

export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, HASH_BYTES, optionsOf(COST));
  return ['scrypt', COST.log2N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
};

const STORED = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

/** What a password is compared with where there is none, so that an unknown account takes as long as a known one. */
const NOBODY = `scrypt$${COST.log2N}$${COST.r}$${COST.p}$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(HASH_BYTES).toString('base64url')}`;

/** Whether a password is the one that was hashed; always false, in the same time, where nothing was. */
export const isPassword = async (password: string, stored: string | null): Promise<boolean> => {
  const [, log2N, r, p, salt = '', hash = ''] = STORED.exec(stored ?? NOBODY) ?? [];
  if (log2N === undefined) throw new Error('a stored password hash is of no form this version knows');
  const expected = Buffer.from(hash, 'base64url');
  const options = optionsOf({ log2N: Number(log2N), r: Number(r), p: Number(p) });
  const derived = await derive(
    password.slice(0, MAX_PASSWORD),
    Buffer.from(salt, 'base64url'),
    expected.length,
    options,
  );
  return timingSafeEqual(derived, expected) && stored !== null && password.length <= MAX_PASSWORD;
};
