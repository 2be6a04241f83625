import type { Heartbeat } from '@penstock/model';
import type { ModeView, NoticeEvent, ShownApplication, Sight, Traces } from '../mode.ts';
import { DEFAULT_POLICY } from '../supervision/policy.ts';
import type { Notice } from '../supervision/supervision.ts';
import { waitingEvents } from '../supervision/waiting.ts';
import { CLUSTER_UNREACHABLE, shortDiagnostics, WAITING_FOR_CLUSTER } from './decide/yarn-reasons.ts';
import type { YarnSupervision } from './yarn-records.ts';

/** What people see of a run on YARN. */
export const shownRun = (supervision: YarnSupervision, heartbeat: Heartbeat | undefined): ModeView => {
  const cluster = heartbeat?.cluster;
  return {
    application: shownApplication(supervision),
    executors: cluster?.executors ?? [],
    batches: cluster?.batches ?? null,
    backPressureRate: cluster?.backPressureRate ?? null,
  };
};

const shownApplication = ({ application }: YarnSupervision): ShownApplication | null => {
  if (application === undefined) return null;
  const { view } = application;
  return {
    ...view,
    diagnostics: shortDiagnostics(view.diagnostics),
    waiting: view.waiting ?? null,
    finishedAt: view.finishedAt === 0 ? null : view.finishedAt,
  };
};

/** The driver's word while it speaks for now; else YARN's, where YARN can be asked. */
export const bearingOf = (
  supervision: YarnSupervision,
  { heard, lookedAt, now }: Sight,
): { readonly ageMs: number; readonly source: 'heartbeat' | 'process' | 'yarn' } => {
  const isFromYarn = supervision.application !== undefined && supervision.notice?.code !== CLUSTER_UNREACHABLE;
  if (heard !== undefined) {
    const ageMs = Math.max(0, now - heard.at);
    if (!isFromYarn || speaksForNow(heard.heartbeat, ageMs, supervision)) return { ageMs, source: 'heartbeat' };
  }
  return { ageMs: Math.max(0, now - lookedAt), source: isFromYarn ? 'yarn' : 'process' };
};

/** A driver that is silent, or that YARN has replaced, no longer says what is. */
const speaksForNow = (heartbeat: Heartbeat, ageMs: number, { application }: YarnSupervision): boolean =>
  ageMs <= DEFAULT_POLICY.heartbeatTimeoutMs && (heartbeat.cluster?.attempt ?? 0) >= (application?.view.attempts ?? 0);

/** YARN has started another attempt of the same application since: the driver of this one is to commit nothing more. */
export const isOfOlderAttempt = ({ cluster }: Heartbeat, before: Heartbeat | undefined): boolean =>
  cluster !== undefined && before?.cluster?.tag === cluster.tag && before.cluster.attempt > cluster.attempt;

export const tracesOf = ({ launch, application }: YarnSupervision): Traces => ({
  launchTag: launch?.tag ?? null,
  applicationId: launch?.applicationId ?? application?.view.applicationId ?? null,
  workerPid: launch?.pid ?? null,
  workerHost: launch?.host ?? null,
});

/** Notices of what every start goes through: shown while they last, but no event. */
const ROUTINE: ReadonlySet<string> = new Set(['SUBMITTING', 'DRIVER_STARTING']);

/** Events where a notice of another kind has come up, or the cluster can be asked again. */
export const noticeEvents = (before: Notice | undefined, next: Notice | undefined): readonly NoticeEvent[] => {
  if (next?.code === before?.code) return [];
  const events: NoticeEvent[] = [...waitingEvents(before, next)];
  if (before?.code === CLUSTER_UNREACHABLE)
    events.push({ code: 'CLUSTER_REACHABLE', message: 'The cluster can be asked again.', severity: 'info' });
  if (next !== undefined && !ROUTINE.has(next.code))
    events.push({ ...next, severity: next.code === WAITING_FOR_CLUSTER ? 'info' : 'warning' });
  return events;
};
