import { setTimeout as delay } from 'node:timers/promises';
import type { Mode } from './mode.ts';
import type { Launcher } from './supervision/launcher.ts';
import type { SupervisionPolicy } from './supervision/policy.ts';

/**
 * Asks what a launch brought forth to finish, waits for its end for a bounded time, and then ends it. A process is told
 * by a signal; a driver by the answer to its heartbeat, which has to be heard meanwhile. True when it ended by itself.
 */
export const stopLaunch = async (
  mode: Pick<Mode, 'hasEnded' | 'cannotFinish' | 'patience'>,
  launcher: Launcher,
  launch: object,
  policy: SupervisionPolicy,
): Promise<boolean> => {
  const { finishMs, betweenLooksMs } = mode.patience(policy);
  const waitForEnd = async (withinMs: number, mayFinish: boolean): Promise<'ended' | 'still-there'> => {
    for (const until = performance.now() + withinMs; performance.now() < until; await delay(betweenLooksMs)) {
      const evidence = await launcher.evidence(launch);
      if (mode.hasEnded(evidence)) return 'ended';
      if (mayFinish && mode.cannotFinish(evidence)) return 'still-there';
    }
    return 'still-there';
  };
  await launcher.terminate(launch, 'graceful');
  if ((await waitForEnd(finishMs, true)) === 'ended') return true;
  await launcher.terminate(launch, 'kill');
  await waitForEnd(policy.signalAfterMs, false);
  return false;
};
