import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@penstock/engine';
import { AppError } from '@penstock/model';

const MIN_LENGTH = 16;
/** How long a changed file may go unnoticed. */
const LOOK_EVERY_MS = 2000;

export interface AdminTokenOptions {
  readonly adminToken?: string | undefined;
  /** File that `adminToken` came from. */
  readonly adminTokenFile?: string | undefined;
  readonly dataDir: string;
}

/**
 * The administrator's tokens: of the environment (`PENSTOCK_ADMIN_TOKEN`), or of a file (`PENSTOCK_ADMIN_TOKEN_FILE`,
 * or `admin-token` in the data folder, made on first start and readable by its owner alone). A file may hold several,
 * one a line, and is read again when it has changed: tokens are replaced without a restart, the old one being good for
 * as long as it stands beside the new one. A file that is wrong when it changes leaves the tokens as they were.
 * Errors: `ADMIN_TOKEN_INVALID`.
 */
export const openAdminTokens = (
  options: AdminTokenOptions,
  { clock, onTrouble }: { readonly clock: Clock; readonly onTrouble: (error: unknown) => void },
): (() => readonly string[]) => {
  if (options.adminToken !== undefined && options.adminTokenFile === undefined) {
    const fixed = [checked(options.adminToken, 'PENSTOCK_ADMIN_TOKEN')];
    return () => fixed;
  }
  const path = options.adminTokenFile ?? makeFile(options.dataDir);
  let tokens = readTokens(path);
  let version = versionOf(path);
  let lookedAt = clock.now();
  return () => {
    const now = clock.now();
    if (now - lookedAt < LOOK_EVERY_MS) return tokens;
    lookedAt = now;
    try {
      const current = versionOf(path);
      if (current !== version) {
        version = current;
        tokens = readTokens(path);
      }
    } catch (error) {
      onTrouble(error);
    }
    return tokens;
  };
};

const makeFile = (dataDir: string): string => {
  const path = join(dataDir, 'admin-token');
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return path;
};

const versionOf = (path: string): string => {
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
};

const readTokens = (path: string): readonly string[] => {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  const tokens = lines.filter((line) => line !== '').map((line) => checked(line, `The file "${path}"`));
  return tokens.length === 0 ? [checked('', `The file "${path}"`)] : tokens;
};

const checked = (token: string, where: string): string => {
  if (token.length >= MIN_LENGTH && !/\s/.test(token)) return token;
  throw new AppError('ADMIN_TOKEN_INVALID', `${where} must hold at least ${MIN_LENGTH} characters without blanks.`, {
    domain: 'user',
  });
};
