import { readdirSync, readFileSync } from 'node:fs';

/**
 * Workers are processes of their own and outlive the service that started them. They are recognised by their spec
 * file, which lies in the service's data folder; that folder is made for one run, so nobody else can be meant.
 */
export const isWorkerOf = (dataDir: string, pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').at(-2)?.startsWith(dataDir) === true;
  } catch {
    return false; // gone
  }
};

/** Kills a worker of this service by force; false where there is none of that pid. */
export const killWorker = (dataDir: string, pid: number): boolean => {
  if (!isWorkerOf(dataDir, pid)) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // it has just ended
  }
};

/** Kills what workers there are, when the run is over for whatever reason. Synchronous, for exit hooks. */
export const killAllWorkers = (dataDir: string): void => {
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) killWorker(dataDir, Number(name));
};
