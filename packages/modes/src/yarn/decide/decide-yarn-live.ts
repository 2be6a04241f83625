import type { Heartbeat, RunFailure } from '@penstock/model';
import { ask, type Decision, type Evidence, isStalled, lostIfRunning } from '../../supervision/decision.ts';
import type { SupervisionPolicy } from '../../supervision/policy.ts';
import type { Notice } from '../../supervision/supervision.ts';
import { judgeStart, noticeOfWaiting } from '../../supervision/waiting.ts';
import type { ApplicationView, YarnEvidence, YarnRunView, YarnSupervision } from '../yarn-records.ts';
import * as reasons from './yarn-reasons.ts';

/** What is to be thought of the driver of the current attempt. */
export interface DriverSight {
  /** Its last heartbeat, however old. Absent: it has not spoken yet; an older attempt does not count. */
  readonly report: Heartbeat | undefined;
  /** Whether its last word is recent enough to count, given that this instance may not have been listening. */
  readonly isHeard: boolean;
  /** Unix ms of its last word, or since when there could have been one. */
  readonly silentSince: number;
}

export const driverOf = (
  { supervision }: YarnRunView,
  { heard, listeningSince }: Evidence<YarnEvidence>,
  view: ApplicationView | undefined,
  now: number,
  policy: SupervisionPolicy,
): DriverSight => {
  const isCurrent = (heard?.heartbeat.cluster?.attempt ?? 0) >= (view?.attempts ?? 0);
  const spoken = isCurrent ? heard : undefined;
  // Of a driver that never spoke: since YARN has had its attempt in this state.
  const begun = spoken?.at ?? supervision.application?.since ?? supervision.launch?.at ?? 0;
  const silentSince = Math.max(begun, listeningSince);
  const isHeard = spoken !== undefined && now - silentSince <= policy.heartbeatTimeoutMs;
  return { report: spoken?.heartbeat, isHeard, silentSince };
};

/** An application that YARN has and that has not ended. */
export const whileAlive = (
  run: YarnRunView,
  evidence: Evidence<YarnEvidence>,
  view: ApplicationView,
  now: number,
  policy: SupervisionPolicy,
): Decision<YarnSupervision> => {
  const driver = driverOf(run, evidence, view, now, policy);
  const situation: Situation = { run: without(run, 'notice'), view, driver, now, policy };
  if (run.desired !== 'run') return unwanted(situation, run.desiredAt);
  const { asked } = run.supervision;
  if (asked?.because !== undefined) return endBecause(situation, asked.because);
  // Asked to end by a service that was ending itself: wait for it, then start the next.
  if (asked?.graceful !== undefined) return unwanted(situation, asked.graceful);
  return wanted(situation);
};

interface Situation {
  readonly run: YarnRunView;
  readonly view: ApplicationView;
  readonly driver: DriverSight;
  readonly now: number;
  readonly policy: SupervisionPolicy;
}

const without = (run: YarnRunView, ...names: readonly ('notice' | 'startup')[]): YarnRunView => {
  const supervision = { ...run.supervision };
  for (const name of names) delete supervision[name];
  return { ...run, supervision };
};

/** The driver learns by the answer to its heartbeat; one that cannot, or does not follow, is killed. */
const unwanted = ({ run, view, driver, now, policy }: Situation, since: number): Decision<YarnSupervision> => {
  const { killAfterMs, killSilentAfterMs } = policy.cluster;
  const canFollow = driver.isHeard && driver.report?.phase !== 'failed';
  const patienceMs = canFollow ? killAfterMs : view.state === 'RUNNING' ? killSilentAfterMs : 0;
  if (now - since < patienceMs) return { supervision: run.supervision, actions: [] };
  return ask(run, 'kill', now, policy);
};

/** Kills it for good: YARN would start further attempts otherwise. */
const endBecause = ({ run, now, policy }: Situation, because: RunFailure): Decision<YarnSupervision> => {
  const notice = { code: because.code, message: because.message };
  const { supervision, actions } = ask(
    { ...run, supervision: { ...run.supervision, notice } },
    'kill',
    now,
    policy,
    because,
  );
  return { supervision, actions: [...lostIfRunning(run, because), ...actions] };
};

const noticing = (run: YarnRunView, notice: Notice, actions: Decision['actions'] = []): Decision<YarnSupervision> => ({
  supervision: { ...run.supervision, notice },
  actions,
});

const wanted = (situation: Situation): Decision<YarnSupervision> => {
  const { run, view, driver, policy } = situation;
  const { report, isHeard } = driver;
  if (report?.phase === 'failed' && report.failure?.retryable === false) return endBecause(situation, report.failure);
  if (report === undefined || !isHeard) return unheard(situation);
  switch (report.phase) {
    case 'starting':
      return starting(situation, report);
    case 'running': {
      const { supervision } = without(run, 'startup');
      const notice =
        view.waiting !== undefined
          ? reasons.waitingForExecutors(view, report.cluster?.executors.length ?? 0, run.executors ?? 0)
          : report.waiting !== undefined
            ? noticeOfWaiting(report.waiting)
            : isStalled(report, run.kafkaRate, policy)
              ? reasons.standingStill(policy.stalledLimitMs)
              : undefined;
      return {
        supervision: notice === undefined ? supervision : { ...supervision, notice },
        actions: run.state === 'STARTING' ? [{ kind: 'observe', observation: 'workerRunning' }] : [],
      };
    }
    case 'failed': {
      // It ends, and YARN starts the next attempt.
      const { failure } = report;
      const actions = lostIfRunning(run, failure);
      return failure === undefined
        ? { supervision: run.supervision, actions }
        : noticing(run, { code: failure.code, message: failure.message }, actions);
    }
    case 'draining':
    case 'stopped':
      // Its source has ended; how the application ends says the rest.
      return { supervision: run.supervision, actions: [] };
  }
};

const unheard = (situation: Situation): Decision<YarnSupervision> => {
  const { run, view, driver, now, policy } = situation;
  if (view.state !== 'RUNNING')
    return noticing(run, reasons.waitingForCluster(view), lostIfRunning(run, reasons.driverLost(view)));
  const silentMs = now - driver.silentSince;
  if (silentMs > policy.cluster.silenceLimitMs)
    return endBecause(situation, reasons.driverSilent(view, driver.silentSince));
  const limitMs = driver.report === undefined ? policy.firstHeartbeatTimeoutMs : policy.heartbeatTimeoutMs;
  if (silentMs > limitMs) {
    const reason = reasons.driverSilent(view, driver.silentSince);
    return noticing(run, { code: reason.code, message: reason.message }, lostIfRunning(run, reason));
  }
  return noticing(run, reasons.driverStarting(view), lostIfRunning(run, reasons.driverLost(view)));
};

/** Waiting for executors or for Kafka has no limit; standing still with everything at hand has one. */
const starting = (situation: Situation, report: Heartbeat): Decision<YarnSupervision> => {
  const { run, view, now, policy } = situation;
  const present = report.cluster?.executors.length ?? 0;
  const wantedExecutors = run.executors ?? 1;
  const lost = lostIfRunning(run, reasons.driverLost(view));
  if (present < wantedExecutors)
    return noticing(without(run, 'startup'), reasons.waitingForExecutors(view, present, wantedExecutors), lost);
  if (report.waiting !== undefined) return noticing(without(run, 'startup'), noticeOfWaiting(report.waiting), lost);
  const attempt = report.cluster?.attempt ?? 1;
  const { startup, isLate } = judgeStart(run.supervision.startup, report, attempt, now, policy);
  if (isLate) return endBecause(situation, reasons.driverStartTimeout(policy.startupLimitMs));
  return { supervision: { ...run.supervision, startup }, actions: lost };
};
