import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@penstock/model';

const MIN_LENGTH = 16;

/**
 * The administrator's token: of the environment (`PENSTOCK_ADMIN_TOKEN`), or of the file `admin-token` in the data
 * folder, made on first start and readable by its owner alone. Errors: `ADMIN_TOKEN_INVALID`.
 */
export const loadAdminToken = (options: {
  readonly adminToken?: string | undefined;
  readonly dataDir: string;
}): string => {
  if (options.adminToken !== undefined) return checked(options.adminToken, 'PENSTOCK_ADMIN_TOKEN');
  const path = join(options.dataDir, 'admin-token');
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return checked(readFileSync(path, 'utf8').trim(), `The file "${path}"`);
};

const checked = (token: string, where: string): string => {
  if (token.length >= MIN_LENGTH && !/\s/.test(token)) return token;
  throw new AppError('ADMIN_TOKEN_INVALID', `${where} must hold at least ${MIN_LENGTH} characters without blanks.`, {
    domain: 'user',
  });
};
