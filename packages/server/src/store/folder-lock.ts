import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@penstock/model';

interface Owner {
  readonly pid: number;
  /** Start time in clock ticks, so that another process with a reused pid is not taken for the owner. */
  readonly started: string | null;
  readonly host: string;
  /** True where the owner also holds the kernel's lock, so that the pid need not be believed. */
  readonly isHeldByKernel: boolean;
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
      return {
        pid: read.pid,
        started: 'started' in read && typeof read.started === 'string' ? read.started : null,
        host: 'host' in read && typeof read.host === 'string' ? read.host : '',
        isHeldByKernel: 'isHeldByKernel' in read && read.isHeldByKernel === true,
      };
  } catch {
    // Not there, or half-written by an owner that was killed: nobody is named.
  }
  return undefined;
};

const inUse = (path: string, owner: Owner | undefined): AppError => {
  const named =
    owner === undefined ? 'another process' : `process ${owner.pid}${owner.host === '' ? '' : ` of "${owner.host}"`}`;
  return new AppError(
    'STORE_FOLDER_IN_USE',
    `The data folder is in use by ${named} (lock file "${path}"). Stop that process, choose another ` +
      'folder with PENSTOCK_DATA, or set DATABASE_URL to run several services on one PostgreSQL.',
    { domain: 'user', params: { path, ...(owner === undefined ? {} : { pid: owner.pid }) } },
  );
};

/** Files with locks: the garbage collector would close one that nobody refers to, and free what it locks. */
const held = new Set<DatabaseSync>();

/**
 * An exclusive lock on a file that the kernel holds for this process: gone with the process however it ends, and seen
 * from every container that has the same volume, whatever process ids it can see. SQLite, which comes with Node, takes
 * such locks (fcntl on POSIX, LockFileEx on Windows); nothing is ever stored in the file.
 */
const lockByKernel = (path: string): (() => void) | undefined => {
  const file = new DatabaseSync(path);
  try {
    file.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
    held.add(file);
    return () => {
      held.delete(file);
      file.close();
    };
  } catch (error) {
    file.close();
    if (error instanceof Error && /database is locked/.test(error.message)) return undefined;
    throw error;
  }
};

/**
 * Claims a folder for this process; returns the release. The embedded database is one process's alone: two would
 * destroy each other's pages. `path` names the owner, for people and for the first edition, which knew no other lock;
 * what counts is the kernel's lock on the file beside it, so a lock of a killed process is free at once.
 * Errors: `STORE_FOLDER_IN_USE`.
 */
export const lockFolder = (path: string): (() => void) => {
  const unlock = lockByKernel(`${path}.kernel`);
  const owner = readOwner(path);
  if (unlock === undefined) throw inUse(path, owner);
  // A service of the first edition holds no kernel lock: its process has to be looked for.
  if (owner !== undefined && !owner.isHeldByKernel && isAlive(owner)) {
    unlock();
    throw inUse(path, owner);
  }
  const mine: Owner = {
    pid: process.pid,
    started: startedAt(process.pid),
    host: hostname(),
    isHeldByKernel: true,
  };
  writeFileSync(path, JSON.stringify(mine), { mode: 0o600 });
  return () => {
    rmSync(path, { force: true });
    unlock();
  };
};
