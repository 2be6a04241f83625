import { AppError } from '@penstock/model';

export const diskFull = (dir: string): AppError =>
  new AppError('DEV_DISK_FULL', `The disk is full: nothing more could be written below ${dir}.`, {
    domain: 'external',
  });

/** Runs a step that writes files; a full disk becomes an error that says so. */
export const guardDisk = (dir: string, write: () => void): void => {
  try {
    write();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw diskFull(dir);
    throw error;
  }
};
