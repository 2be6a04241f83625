import type { Task } from '@penstock/engine';

/** How long a task that is told to end waits for answers from outside: longer than a service that works takes. */
const GRACE_MS = 5000;

/**
 * Waits for a piece of work of a task. When the task is told to end meanwhile, the work gets a little longer; then what
 * it waits for is given up. Resolves to false where it was: nothing after the last commit counts then, and whoever takes
 * the task over does it again.
 */
export const isWorkedOff = async (
  task: Pick<Task, 'giveUp'>,
  work: void | Promise<void>,
  signal: AbortSignal,
  graceMs = GRACE_MS,
): Promise<boolean> => {
  if (work === undefined) return true;
  let grace: NodeJS.Timeout | undefined;
  const end = (): void => {
    grace = setTimeout(() => task.giveUp(signal.reason), graceMs);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    await work;
    return true;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return false;
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(grace);
  }
};
