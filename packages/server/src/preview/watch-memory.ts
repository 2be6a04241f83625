import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 100;
const PAGE_BYTES = 4096;

/**
 * Looks at the resident memory of a process ten times a second and says when it is more than so many MiB. Scripts run
 * in isolates with heaps of their own, which no option of the process bounds together. Only Linux tells; elsewhere the
 * limits of the single heaps are all there is. Returns what ends the watch.
 */
export const watchMemory = (pid: number | undefined, mostMb: number, onTooMuch: () => void): (() => void) => {
  if (pid === undefined || process.platform !== 'linux') return () => undefined;
  const timer = setInterval(() => {
    const residentMb = residentMbOf(pid);
    if (residentMb === undefined || residentMb <= mostMb) return;
    clearInterval(timer);
    onTooMuch();
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
};

const residentMbOf = (pid: number): number | undefined => {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return (pages * PAGE_BYTES) / 1_048_576;
  } catch {
    return undefined; // it has just ended
  }
};
