import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@penstock/model';

/**
 * Asks again and again until there is an answer; what it throws in between is trouble that chaos is about. Rejects
 * with the last trouble when time is up.
 */
export const until = async <T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  let trouble = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      trouble = `; last trouble: ${messageOf(error)}`;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s${trouble}`);
    await delay(100);
  }
};

/** Thrown where waiting cannot help. */
export class Hopeless extends Error {}
