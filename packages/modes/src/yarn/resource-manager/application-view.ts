import type { ApplicationView } from '../yarn-records.ts';
import type { ClusterMetrics, YarnApplication } from './resource-manager.ts';

/** Longest text of YARN's that is passed on: it likes to send whole stack traces. */
const MAX_DIAGNOSTICS = 4000;

/** What the ResourceManager says of an application, in our words; `metrics` only where somebody has to wait. */
export const applicationView = (app: YarnApplication, metrics: ClusterMetrics | undefined): ApplicationView => {
  const waiting = waitingOf(app, metrics);
  return {
    applicationId: app.id,
    state: app.state,
    finalStatus: app.finalStatus,
    diagnostics: app.diagnostics.trim().slice(0, MAX_DIAGNOSTICS),
    queue: app.queue,
    attempts: app.attempt,
    trackingUrl: app.trackingUrl,
    startedAt: app.startedAt,
    finishedAt: app.finishedAt,
    memoryMb: app.memoryMb,
    vcores: app.vcores,
    containers: app.containers,
    ...(waiting === undefined ? {} : { waiting }),
  };
};

const BEFORE_RUNNING = new Set(['NEW', 'NEW_SAVING', 'SUBMITTED', 'ACCEPTED']);

export const isWaiting = (app: YarnApplication): boolean =>
  BEFORE_RUNNING.has(app.state) || (app.state === 'RUNNING' && app.pendingContainers > 0);

const waitingOf = (app: YarnApplication, metrics: ClusterMetrics | undefined): string | undefined => {
  if (!isWaiting(app)) return undefined;
  const free =
    metrics === undefined
      ? ''
      : ` The cluster has ${metrics.availableMb} of ${metrics.totalMb} MiB and ${metrics.availableVcores} of ` +
        `${metrics.totalVcores} cores free.`;
  if (app.state === 'RUNNING') {
    const size = app.pendingMemoryMb > 0 ? ` of ${app.pendingMemoryMb} MiB` : '';
    const containers = app.pendingContainers === 1 ? 'container' : 'containers';
    return `Waiting for ${app.pendingContainers} more ${containers}${size} in queue "${app.queue}".${free}`;
  }
  return `Waiting in queue "${app.queue}" for the container of the driver.${free}${yarnSays(app.diagnostics)}`;
};

/** The last of YARN's notes, which begin with a time in brackets. */
const yarnSays = (diagnostics: string): string => {
  const text = diagnostics.replaceAll(/\s+/g, ' ').trim();
  return text === '' ? '' : ` YARN says: ${text.slice(0, 500)}`;
};
