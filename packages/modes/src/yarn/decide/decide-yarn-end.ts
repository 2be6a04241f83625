import type { RunFailure } from '@penstock/model';
import {
  type Decision,
  type Evidence,
  failed,
  lostIfRunning,
  settle,
  withoutWorker,
} from '../../supervision/decision.ts';
import type { SupervisionPolicy } from '../../supervision/policy.ts';
import {
  type ApplicationView,
  releasedYarn,
  type YarnEvidence,
  type YarnRunView,
  type YarnSupervision,
} from '../yarn-records.ts';
import * as reasons from './yarn-reasons.ts';

/** How an application came to be no more. */
export type ApplicationEnd =
  | { readonly kind: 'over'; readonly view: ApplicationView }
  /** The ResourceManager answers and does not know it. */
  | { readonly kind: 'lost' };

/**
 * What the end of an application means for its run, and what is still to be done. An application that ended in good
 * order has taken its executors with it. After any other end an executor that YARN has not got hold of may still be
 * at work, so its tasks are taken from it first, while the launch is remembered; the supervisor forgets the launch
 * when that has succeeded, and the next look goes on from what was decided here.
 */
export const afterApplication = (
  given: YarnRunView,
  evidence: Evidence<YarnEvidence>,
  end: ApplicationEnd,
  now: number,
  policy: SupervisionPolicy,
): Decision<YarnSupervision> => {
  const { notice: _notice, startup: _startup, ...kept } = given.supervision;
  const run = { ...given, supervision: kept };
  const isOrderly = end.kind === 'over' && end.view.state === 'FINISHED' && end.view.finalStatus === 'SUCCEEDED';
  const isFencingOver = isOrderly || isTiredOfFencing(run, now, policy);
  const verdict = verdictOn(run, evidence, end, isOrderly);
  switch (verdict.kind) {
    case 'as-desired':
      return isFencingOver ? { supervision: kept, actions: settle(run, now) } : fencing(run, [], now);
    case 'finished':
      return { supervision: kept, actions: [{ kind: 'observe', observation: 'finished' }] };
    case 'go-on': {
      const { application: _application, containers: _containers, ...fresh } = kept;
      const next = { ...run, supervision: fresh };
      return isFencingOver
        ? withoutWorker({ ...next, supervision: releasedYarn(fresh) }, now)
        : fencing(next, lostIfRunning(run, kept.lastFailure), now);
    }
    case 'failed': {
      const { reason } = verdict;
      const next = { ...run, supervision: { ...kept, lastFailure: reason, givenUp: reason } };
      return isFencingOver
        ? { supervision: next.supervision, actions: [failed(run, reason)] }
        : fencing(next, lostIfRunning(run, reason), now);
    }
  }
};

/** `meanwhile`: what to say of a run that is held up because fencing does not succeed. */
const fencing = (run: YarnRunView, meanwhile: Decision['actions'], now: number): Decision<YarnSupervision> => {
  const { fencing: trouble } = run.supervision;
  if (trouble === undefined) return { supervision: run.supervision, actions: [{ kind: 'fence' }] };
  const notice = reasons.fencingFailed(trouble.message);
  const isDue = now >= trouble.notBefore;
  return {
    supervision: { ...run.supervision, notice },
    actions: isDue ? [...meanwhile, { kind: 'fence' }] : meanwhile,
  };
};

const isTiredOfFencing = (
  { desired, supervision }: YarnRunView,
  now: number,
  { cluster }: SupervisionPolicy,
): boolean =>
  desired !== 'stop' && supervision.fencing !== undefined && now - supervision.fencing.since > cluster.fenceLimitMs;

type Verdict =
  /** A pause or a stop is complete, however the application ended. */
  | { readonly kind: 'as-desired' }
  /** The source has no more records. */
  | { readonly kind: 'finished' }
  /** The service itself asked for the end while `run` is desired: another application takes its place. */
  | { readonly kind: 'go-on' }
  | { readonly kind: 'failed'; readonly reason: RunFailure };

const verdictOn = (
  run: YarnRunView,
  evidence: Evidence<YarnEvidence>,
  end: ApplicationEnd,
  isOrderly: boolean,
): Verdict => {
  const { supervision } = run;
  const { asked, givenUp } = supervision;
  if (run.desired !== 'run') return { kind: 'as-desired' };
  if (givenUp !== undefined) return { kind: 'failed', reason: givenUp };
  if (asked?.because !== undefined) return { kind: 'failed', reason: { ...asked.because, retryable: false } };
  const told = lastWordOf(evidence, end);
  if (asked?.graceful !== undefined && told?.retryable !== false) return { kind: 'go-on' };
  const heartbeat = evidence.heard?.heartbeat;
  if (evidence.sourceFinished === true && (isOrderly || (end.kind === 'lost' && heartbeat?.phase === 'stopped')))
    return { kind: 'finished' };
  if (end.kind === 'lost') return { kind: 'failed', reason: reasons.clusterLost(supervision.launch?.applicationId) };
  const { view } = end;
  if (isOrderly) return { kind: 'failed', reason: reasons.applicationEnded(view) };
  if (view.state === 'KILLED') {
    // What a driver says when Spark is taken down around it is what the kill did, not why it was done.
    return { kind: 'failed', reason: told?.retryable === false ? told : reasons.applicationKilled(view) };
  }
  return { kind: 'failed', reason: told ?? reasons.applicationFailed(view) };
};

/** The failure with which the last driver took its leave, where it did. */
const lastWordOf = ({ heard }: Evidence<YarnEvidence>, end: ApplicationEnd): RunFailure | undefined => {
  const heartbeat = heard?.heartbeat;
  if (heartbeat?.phase !== 'failed') return undefined;
  const attempts = end.kind === 'over' ? end.view.attempts : 0;
  return (heartbeat.cluster?.attempt ?? 0) >= attempts ? heartbeat.failure : undefined;
};
