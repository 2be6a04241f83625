import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identityOf, isRunning, type ProcessIdentity, parseIdentity } from '@penstock/modes/process-identity';

export type LockResult =
  | { readonly held: true; readonly release: () => void }
  | { readonly held: false; readonly owner: ProcessIdentity };

/**
 * Takes a lock that is a file naming its owner. The lock of a process that is gone is taken over; a live owner is
 * reported. Advisory, between processes of one machine.
 */
export const tryLock = (file: string): LockResult => {
  const self = identityOf(process.pid);
  if (self === undefined) throw new Error('this process cannot see itself in the process table');
  const draft = `${file}.${randomUUID()}`;
  // A link appears with its content in one step, so that nobody ever reads a half-written lock.
  writeFileSync(draft, JSON.stringify(self));
  try {
    for (;;) {
      try {
        linkSync(draft, file);
        return { held: true, release: () => rmSync(file, { force: true }) };
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
      const owner = readOwner(file);
      if (owner !== undefined && isRunning(owner)) return { held: false, owner };
      removeStale(file, owner);
    }
  } finally {
    rmSync(draft, { force: true });
  }
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const readOwner = (file: string): ProcessIdentity | undefined => {
  try {
    return parseIdentity(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined; // gone or unreadable: nobody's
  }
};

/** Moves the lock aside before deleting it; somebody else may have taken it over since it was read. */
const removeStale = (file: string, stale: ProcessIdentity | undefined): void => {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readOwner(aside);
  const isFresh = moved !== undefined && (moved.pid !== stale?.pid || moved.startedAt !== stale.startedAt);
  try {
    if (isFresh) linkSync(aside, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
};
