import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@penstock/model';
import { tryLock } from '../lock-file.ts';

/** Kafka's segments, the database and logs of a first day. */
const NEEDED_MB = 500;

/** Makes the data folder and takes it for this process; gives the function that lets go of it. */
export const openDataFolder = (dataDir: string): (() => void) => {
  try {
    // Access keys and the administrator's token are below it.
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    guardSpace(dataDir);
    const lock = tryLock(join(dataDir, 'start.lock'));
    if (lock.held) return lock.release;
    throw new AppError(
      'DEV_FOLDER_IN_USE',
      `The data folder ${dataDir} is in use by another "npm start" (process ${lock.owner.pid}): stop that one, or choose another folder with --data.`,
      { domain: 'user' },
    );
  } catch (error) {
    throw explain(error, dataDir);
  }
};

const guardSpace = (dataDir: string): void => {
  const { bavail, bsize } = statfsSync(dataDir);
  const freeMb = Math.floor((bavail * bsize) / 2 ** 20);
  if (freeMb >= NEEDED_MB) return;
  throw new AppError(
    'DEV_DISK_FULL',
    `The disk of ${dataDir} is almost full: ${freeMb} MB are free, at least ${NEEDED_MB} MB are needed; make room or choose another folder with --data.`,
    { domain: 'user' },
  );
};

const explain = (error: unknown, dataDir: string): unknown => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const says = (what: string): AppError =>
    new AppError('DEV_FOLDER_UNUSABLE', `The data folder ${dataDir} cannot be used: ${what}.`, {
      domain: 'user',
      cause: error,
    });
  switch (code) {
    case 'ENOSPC':
      return says('the disk is full');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return says('it is not writable');
    case 'EEXIST':
    case 'ENOTDIR':
      return says('there is a file in its place');
    default:
      return error;
  }
};
