import { setTimeout as delay } from 'node:timers/promises';
import type { Launcher, LaunchRecord, ProcessEvidence } from './launcher.ts';
import { isOver } from './launcher.ts';
import type { SupervisionPolicy } from './policy.ts';

/** Between two looks at what is ending: a process table is read faster than a ResourceManager is asked. */
const LOOK_MS = { standalone: 100, cluster: 500 } as const;

/**
 * Asks what a launch brought forth to finish, waits for its end for a bounded time, and then ends it. A process is told
 * by a signal; a driver by the answer to its heartbeat, which has to be heard meanwhile. True when it ended by itself.
 */
export const stopLaunch = async (
  launcher: Launcher,
  launch: LaunchRecord,
  policy: SupervisionPolicy,
): Promise<boolean> => {
  const patienceMs = launch.kind === 'cluster' ? policy.cluster.killAfterMs : policy.killAfterMs;
  await launcher.terminate(launch, 'graceful');
  const outcome = await waitForEnd(launcher, launch, patienceMs, true);
  if (outcome === 'ended') return true;
  await launcher.terminate(launch, 'kill');
  await waitForEnd(launcher, launch, policy.signalAfterMs, false);
  return false;
};

const waitForEnd = async (
  launcher: Launcher,
  launch: LaunchRecord,
  withinMs: number,
  mayFinish: boolean,
): Promise<'ended' | 'still-there'> => {
  for (const until = performance.now() + withinMs; performance.now() < until; await delay(LOOK_MS[launch.kind])) {
    const evidence = await launcher.evidence(launch);
    if (hasEnded(evidence)) return 'ended';
    if (mayFinish && cannotFinish(evidence)) return 'still-there';
  }
  return 'still-there';
};

const hasEnded = (evidence: ProcessEvidence): boolean => {
  switch (evidence.kind) {
    case 'dead':
    case 'never-started':
    case 'lost':
      return true;
    case 'application':
      return isOver(evidence.application);
    case 'alive':
    case 'out-of-sight':
    case 'submitting':
    case 'unreachable':
      return false;
  }
};

/** An application that waits for its driver has nobody to tell. */
const cannotFinish = (evidence: ProcessEvidence): boolean =>
  evidence.kind === 'application' && evidence.application.state !== 'RUNNING';
