import { isDeepStrictEqual } from 'node:util';
import type { RunFailure } from '@penstock/model';
import {
  ask,
  type Decide,
  type Decision,
  type Evidence,
  failed,
  lostIfRunning,
  withoutWorker,
} from '../../supervision/decision.ts';
import type { SupervisionPolicy } from '../../supervision/policy.ts';
import { type Notice, noteFailure } from '../../supervision/supervision.ts';
import {
  type ApplicationView,
  isOver,
  type KnownContainer,
  MAX_CONTAINERS,
  releasedYarn,
  type YarnEvidence,
  type YarnRunView,
  type YarnSupervision,
} from '../yarn-records.ts';
import { afterApplication } from './decide-yarn-end.ts';
import { driverOf, whileAlive } from './decide-yarn-live.ts';
import * as reasons from './yarn-reasons.ts';

/**
 * What to do about one run of Cluster Mode, from what is known of it: pure, and by levels rather than edges, as for
 * Standalone Mode. YARN replaces drivers and executors; here is only decided whether there is to be an application.
 *
 * The one rule above all: a run submits no second application once YARN has accepted one. Only a submission of which
 * the ResourceManager itself says that it came to nothing is tried again. The exception is an application that the
 * service asked to end because it was ending itself: what is desired is still `run`, so the next instance goes on.
 */
export const decideYarn: Decide<YarnRunView, YarnEvidence> = (run, evidence, now, policy) => {
  const decision = decideByEvidence(run, evidence, now, policy);
  // What is stored is only written again where it says something new.
  return isDeepStrictEqual(decision.supervision, run.supervision)
    ? { ...decision, supervision: run.supervision }
    : decision;
};

const decideByEvidence: Decide<YarnRunView, YarnEvidence> = (run, evidence, now, policy) => {
  const { launch, application } = run.supervision;
  if (launch === undefined) return withoutLaunch(run, now);
  const { process } = evidence;
  if (process === undefined) throw new Error(`launch ${launch.launchId} was not looked at`);
  switch (process.kind) {
    case 'submitting':
      return whileSubmitting(run, now, policy);
    case 'never-started': {
      const wasAccepted = application !== undefined || launch.applicationId !== undefined;
      return wasAccepted
        ? afterApplication(run, evidence, { kind: 'lost' }, now, policy)
        : afterVainSubmission(run, process.failure, now, policy);
    }
    case 'unreachable':
      return whileUnreachable(run, evidence, process.message, now, policy);
    case 'lost':
      return afterApplication(run, evidence, { kind: 'lost' }, now, policy);
    case 'application': {
      const drivers = Math.max(application?.drivers ?? 0, process.application.attempts);
      const view = withCurrentAttempt(process.application, drivers);
      const seen = withSight(run, evidence, { view, drivers }, now);
      return isOver(view)
        ? afterApplication(seen, evidence, { kind: 'over', view }, now, policy)
        : whileAlive(seen, evidence, view, now, policy);
    }
  }
};

const withoutLaunch = (run: YarnRunView, now: number): Decision<YarnSupervision> => {
  const { application, givenUp, lastFailure } = run.supervision;
  if (run.desired === 'run' && application !== undefined && givenUp === undefined) {
    // An application that is gone is never followed by another.
    const reason = lastFailure ?? reasons.applicationEnded(application.view);
    return { supervision: run.supervision, actions: [failed(run, reason)] };
  }
  return withoutWorker(run, now);
};

/**
 * Between two attempts YARN tells of none, for the next one has no container yet: it is the current one all the same,
 * so that the word of the one before counts for nothing any more.
 */
const withCurrentAttempt = (view: ApplicationView, drivers: number): ApplicationView => {
  if (view.attempts > 0) return view;
  return { ...view, attempts: isOver(view) ? drivers : drivers + 1 };
};

/** The run with what is seen of its application written down. */
const withSight = (
  run: YarnRunView,
  evidence: Evidence<YarnEvidence>,
  { view, drivers }: { readonly view: ApplicationView; readonly drivers: number },
  now: number,
): YarnRunView => {
  const { launch, application, asked, containers, submission: _submission, ...kept } = run.supervision;
  if (launch === undefined) throw new Error('an application without a launch');
  const before = application?.view;
  const isSame = before !== undefined && before.state === view.state && before.attempts === view.attempts;
  const known = withContainers(containers, evidence);
  // A submission that took too long and came to something after all is as good as any.
  const stillAsked = asked?.because?.code === reasons.SUBMIT_TIMEOUT && !isOver(view) ? undefined : asked;
  return {
    ...run,
    supervision: {
      ...kept,
      launch: { ...launch, applicationId: view.applicationId },
      application: { view, since: isSame ? (application?.since ?? now) : now, drivers },
      ...(stillAsked === undefined ? {} : { asked: stillAsked }),
      ...(known === undefined ? {} : { containers: known }),
    },
  };
};

const withContainers = (
  known: readonly KnownContainer[] | undefined,
  { heard }: Evidence<YarnEvidence>,
): readonly KnownContainer[] | undefined => {
  const executors = heard?.heartbeat.cluster?.executors ?? [];
  const ids = new Set(known?.map(({ containerId }) => containerId));
  const found = executors.filter(({ containerId }) => containerId !== '' && !ids.has(containerId));
  if (found.length === 0) return known;
  const added = found.map(({ containerId, executorId, host }) => ({ containerId, executorId, host }));
  return [...(known ?? []), ...added].slice(-MAX_CONTAINERS);
};

const noticing = (run: YarnRunView, notice: Notice): YarnSupervision => ({ ...run.supervision, notice });

const whileSubmitting = (run: YarnRunView, now: number, policy: SupervisionPolicy): Decision<YarnSupervision> => {
  const { launch, asked } = run.supervision;
  const noticed = { ...run, supervision: noticing(run, reasons.submitting) };
  if (run.desired !== 'run') {
    // It ends by itself within seconds, and what comes of it can then be killed for good.
    const isDue = now - run.desiredAt > policy.signalAfterMs;
    return isDue ? ask(noticed, 'kill', now, policy) : { supervision: noticed.supervision, actions: [] };
  }
  const isLate = now - (launch?.at ?? now) > policy.cluster.submitLimitMs;
  if (!isLate) return { supervision: noticed.supervision, actions: lostIfRunning(run, run.supervision.lastFailure) };
  const wasAskedByService = asked !== undefined && asked.because === undefined;
  const because = asked?.because ?? reasons.submitTimeout(policy.cluster.submitLimitMs);
  return ask(noticed, 'kill', now, policy, wasAskedByService ? undefined : because);
};

/** No application came of it: the only case in which there is another try. */
const afterVainSubmission = (
  run: YarnRunView,
  seen: RunFailure | undefined,
  now: number,
  policy: SupervisionPolicy,
): Decision<YarnSupervision> => {
  const { supervision } = run;
  const { asked } = supervision;
  const wasAsked = asked?.graceful !== undefined && asked.because === undefined;
  if (run.desired !== 'run' || wasAsked) return withoutLaunch({ ...run, supervision: releasedYarn(supervision) }, now);
  const failure = asked?.because ?? supervision.submission ?? seen ?? reasons.submitFailed;
  return withoutLaunch(
    { ...run, supervision: noteFailure(releasedYarn(supervision), failure, undefined, now, policy) },
    now,
  );
};

/** Nothing is known for or against the application; only what its driver says counts. */
const whileUnreachable = (
  run: YarnRunView,
  evidence: Evidence<YarnEvidence>,
  message: string,
  now: number,
  policy: SupervisionPolicy,
): Decision<YarnSupervision> => {
  const reason = reasons.unreachable(message);
  const supervision = noticing(run, { code: reason.code, message: reason.message });
  if (run.desired !== 'run' || run.supervision.asked !== undefined) return { supervision, actions: [] };
  const { report, isHeard } = driverOf(run, evidence, run.supervision.application?.view, now, policy);
  if (report?.phase === 'running' && isHeard)
    return {
      supervision,
      actions: run.state === 'STARTING' ? [{ kind: 'observe', observation: 'workerRunning' }] : [],
    };
  return { supervision, actions: isHeard ? [] : lostIfRunning(run, reason) };
};
