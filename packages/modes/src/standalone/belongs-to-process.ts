import type { Heartbeat } from '@penstock/model';
import type { StandaloneLaunch } from './standalone-records.ts';

/** Clocks of one host read twice; only to tell a launch from those long before it. */
const SLACK_MS = 2000;

/**
 * Whether a heartbeat comes from the worker of this launch, and not from an older worker of the same run that does
 * not know yet that it was replaced. A launch whose pid was never written down is known by its host and time.
 */
export const belongsToProcess = (heartbeat: Heartbeat, launch: StandaloneLaunch | undefined): boolean => {
  if (launch === undefined) return false;
  if (heartbeat.launchId !== undefined) return heartbeat.launchId === launch.launchId;
  // A worker of the first edition does not say.
  if (heartbeat.host !== launch.host) return false;
  return launch.pid === undefined ? heartbeat.startedAt >= launch.at - SLACK_MS : heartbeat.pid === launch.pid;
};
