import { readFileSync } from 'node:fs';

/**
 * Resident memory of a process in MiB, the heaps of its scripts among it: what it has of the machine. Undefined where
 * the process has ended, or the system does not tell it in a file (proc(5)).
 */
export const residentMbOf = (pid: number): number | undefined => {
  try {
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined; // it has just ended, or there is no /proc
  }
};
