import { residentMbOf } from '@penstock/modes';

const LOOK_EVERY_MS = 100;

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
