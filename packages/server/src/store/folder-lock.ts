import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AppError } from '@penstock/model';

interface Owner {
  readonly pid: number;
  /** Start time in clock ticks, so that another process with a reused pid is not taken for the owner. */
  readonly started: string | null;
}

/** Start time of a process from /proc; null where there is no /proc (then the pid alone has to do). */
const startedAt = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name is in parentheses and may hold blanks; field 22 of the line is the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
};

const isAlive = (owner: Owner): boolean => {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return owner.started === null || startedAt(owner.pid) === owner.started;
};

const readOwner = (path: string): Owner | undefined => {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof read === 'object' && read !== null && 'pid' in read && typeof read.pid === 'number')
      return { pid: read.pid, started: 'started' in read && typeof read.started === 'string' ? read.started : null };
  } catch {
    // Half-written by an owner that was killed: nobody holds it.
  }
  return undefined;
};

/**
 * Claims a folder for this process by a lock file beside it; returns the release. The embedded database is one
 * process's alone: two would destroy each other's pages. A lock left by a killed process is taken over.
 * Errors: `STORE_FOLDER_IN_USE`.
 */
export const lockFolder = (path: string): (() => void) => {
  const mine = JSON.stringify({ pid: process.pid, started: startedAt(process.pid) });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return () => {
        if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true });
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = readOwner(path);
    if (owner !== undefined && isAlive(owner))
      throw new AppError(
        'STORE_FOLDER_IN_USE',
        `The data folder is in use by process ${owner.pid} (lock file "${path}"). Stop that process, choose another ` +
          'folder with PENSTOCK_DATA, or set DATABASE_URL to run several services on one PostgreSQL.',
        { domain: 'user', params: { path, pid: owner.pid } },
      );
    rmSync(path, { force: true });
  }
  throw new AppError('STORE_FOLDER_IN_USE', `The lock file "${path}" keeps being taken by other processes.`, {
    domain: 'user',
    params: { path },
  });
};
