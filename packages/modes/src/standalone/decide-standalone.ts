import { type Heartbeat, type RunFailure, WorkerExitCode } from '@penstock/model';
import {
  ask,
  type Decide,
  type Decision,
  type Evidence,
  isStalled,
  lostBecause,
  type RunView,
  withoutWorker,
} from '../supervision/decision.ts';
import type { SupervisionPolicy } from '../supervision/policy.ts';
import { noteFailure, released } from '../supervision/supervision.ts';
import { judgeStart, noticeOfWaiting } from '../supervision/waiting.ts';
import type { StandaloneEvidence, StandaloneSupervision } from './standalone-records.ts';

type Run = RunView<StandaloneSupervision>;
type Seen = Evidence<StandaloneEvidence>;

/**
 * What to do about one run of Standalone Mode, from what is known of it: pure, and by levels rather than edges, so
 * that a supervisor that dies anywhere between two actions is continued by the next look.
 *
 * The one rule above all: no `spawn` while there may be a worker. `launch` is only forgotten on evidence of its end,
 * or of its being out of sight and silent; then the next worker, or a `fence`, takes its tasks by transactional id.
 */
export const decideStandalone: Decide<Run, StandaloneEvidence> = (run, evidence, now, policy) => {
  const { launch } = run.supervision;
  if (launch === undefined) return withoutWorker(run, now);
  const { process } = evidence;
  if (process === undefined) throw new Error(`launch ${launch.launchId} was not looked at`);
  switch (process.kind) {
    case 'never-started':
      return withoutWorker({ ...run, supervision: released(run.supervision) }, now);
    case 'dead':
      return afterDeath(run, evidence, process.exit?.code ?? undefined, process.exit?.signal ?? undefined, now, policy);
    case 'out-of-sight':
      return outOfSight(run, evidence, now, policy);
    case 'alive': {
      const { pid, processStartedAt } = process;
      if (launch.pid === pid && launch.processStartedAt === processStartedAt)
        return withWorker(run, evidence, now, policy);
      const known = { ...launch, pid, processStartedAt };
      return withWorker({ ...run, supervision: { ...run.supervision, launch: known } }, evidence, now, policy);
    }
  }
};

const afterDeath = (
  run: Run,
  evidence: Seen,
  code: number | undefined,
  signal: string | undefined,
  now: number,
  policy: SupervisionPolicy,
): Decision<StandaloneSupervision> => {
  const { supervision } = run;
  const last = evidence.heard?.heartbeat;
  if (run.desired === 'run') {
    const wasAsked = supervision.asked?.graceful !== undefined && supervision.asked.because === undefined;
    if (wasAsked) return withoutWorker({ ...run, supervision: released(supervision) }, now);
    if (
      evidence.sourceFinished === true &&
      (code === WorkerExitCode.Stopped || (code === undefined && last?.phase === 'stopped'))
    ) {
      return { supervision: released(supervision), actions: [{ kind: 'observe', observation: 'finished' }] };
    }
    const failure = supervision.asked?.because ?? last?.failure ?? failureOfExit(code, signal);
    const isFatal = code === WorkerExitCode.Fatal && supervision.asked?.because === undefined;
    const judged = isFatal ? { ...failure, retryable: false } : failure;
    const booked = noteFailure(released(supervision), judged, committedBy(last), now, policy);
    return withoutWorker({ ...run, supervision: booked }, now);
  }
  return withoutWorker({ ...run, supervision: released(supervision) }, now);
};

const failureOfExit = (code: number | undefined, signal: string | undefined): RunFailure => {
  const how =
    signal !== undefined ? `was ended by ${signal}` : code !== undefined ? `exited with code ${code}` : 'ended';
  return { code: 'WORKER_EXITED', message: `The worker process ${how} without having been asked to.`, retryable: true };
};

const committedBy = (heartbeat: Heartbeat | undefined): number | undefined =>
  heartbeat?.tasks.reduce((sum, task) => sum + Math.max(0, task.committedOffset), 0);

const outOfSight = (
  run: Run,
  evidence: Seen,
  now: number,
  policy: SupervisionPolicy,
): Decision<StandaloneSupervision> => {
  const { supervision } = run;
  const silentMs = now - lastWord(run, evidence);
  const isSilent = silentMs > policy.outOfSightTimeoutMs;
  if (run.desired === 'run') {
    // Silence out of sight has its own limit, after which there is nothing to signal either.
    const patient = {
      ...policy,
      heartbeatTimeoutMs: Number.POSITIVE_INFINITY,
      firstHeartbeatTimeoutMs: Number.POSITIVE_INFINITY,
    };
    if (!isSilent) return aliveAndWanted(run, evidence, now, patient);
    const host = supervision.launch?.host ?? '';
    const message = `The worker on host "${host}" has not been heard of for ${Math.round(silentMs / 1000)} s.`;
    const failure = { code: 'WORKER_HOST_LOST', message, retryable: true };
    const committed = committedBy(evidence.heard?.heartbeat);
    return withoutWorker(
      { ...run, supervision: noteFailure(released(supervision), failure, committed, now, policy) },
      now,
    );
  }
  if (!isSilent && now - run.desiredAt <= policy.killAfterMs) return { supervision, actions: [] };
  // Not forgotten before the fence stands: the supervisor drops the launch when fencing has succeeded.
  return { supervision, actions: [{ kind: 'fence' }] };
};

const lastWord = (run: Run, evidence: Seen): number =>
  Math.max(run.supervision.launch?.at ?? 0, evidence.heard?.at ?? 0, evidence.listeningSince);

const withWorker = (
  run: Run,
  evidence: Seen,
  now: number,
  policy: SupervisionPolicy,
): Decision<StandaloneSupervision> =>
  run.desired === 'run' ? aliveAndWanted(run, evidence, now, policy) : aliveAndUnwanted(run, now, policy);

const aliveAndUnwanted = (run: Run, now: number, policy: SupervisionPolicy): Decision<StandaloneSupervision> => {
  const elapsed = now - run.desiredAt;
  const { asked } = run.supervision;
  if (elapsed > policy.killAfterMs) return ask(run, 'kill', now, policy);
  if (elapsed > policy.signalAfterMs && asked?.graceful === undefined) return ask(run, 'graceful', now, policy);
  return { supervision: run.supervision, actions: [] };
};

const aliveAndWanted = (
  given: Run,
  evidence: Seen,
  now: number,
  policy: SupervisionPolicy,
): Decision<StandaloneSupervision> => {
  const run = withNotes(given, evidence.heard?.heartbeat, now, policy);
  const trouble = troubleWith(run, evidence, now, policy);
  if (trouble !== undefined) {
    const decision = ask(run, 'kill', now, policy, trouble);
    return run.state === 'RUNNING' ? { ...decision, actions: [lostBecause(trouble), ...decision.actions] } : decision;
  }
  const heartbeat = evidence.heard?.heartbeat;
  const isHealthy = now - (run.supervision.launch?.at ?? now) > policy.healthyAfterMs;
  // Asked to end by a service that was ending itself: wait for it, then start the next.
  if (run.supervision.asked !== undefined) return { supervision: run.supervision, actions: [] };
  const { lastFailure: _lastFailure, ...kept } = run.supervision;
  const isWell = heartbeat?.phase === 'running' || heartbeat?.waiting !== undefined;
  const supervision = isHealthy && isWell && run.supervision.failures > 0 ? { ...kept, failures: 0 } : run.supervision;
  if (heartbeat?.phase !== 'running')
    return { supervision, actions: run.state === 'RUNNING' ? [lostBecause(heartbeat?.failure)] : [] };
  return { supervision, actions: run.state === 'STARTING' ? [{ kind: 'observe', observation: 'workerRunning' }] : [] };
};

/** The run with what its worker waits for, and how far it has got with its start, written down. */
const withNotes = (run: Run, heartbeat: Heartbeat | undefined, now: number, policy: SupervisionPolicy): Run => {
  const { notice, startup, ...kept } = run.supervision;
  const waiting = heartbeat?.waiting === undefined ? undefined : noticeOfWaiting(heartbeat.waiting);
  const next =
    heartbeat?.phase === 'starting' && waiting === undefined
      ? judgeStart(startup, heartbeat, undefined, now, policy).startup
      : undefined;
  if (waiting?.message === notice?.message && next === startup) return run;
  const supervision = {
    ...kept,
    ...(waiting === undefined ? {} : { notice: waiting }),
    ...(next === undefined ? {} : { startup: next }),
  };
  return { ...run, supervision };
};

/**
 * A worker that takes more memory than its CU: others were promised what it takes. The machine's own word comes first,
 * then the worker's; its heap has a limit of its own, the heaps of its scripts and its buffers have this one together.
 */
const tooLargeOf = ({ supervision }: Run, { process, heard }: Seen): RunFailure | undefined => {
  const limitMb = supervision.launch?.memoryMb;
  const seenMb = process?.kind === 'alive' ? process.residentMb : undefined;
  const takenMb = seenMb ?? heard?.heartbeat.rssMb;
  if (limitMb === undefined || takenMb === undefined || takenMb <= limitMb) return undefined;
  const message = `The worker took ${Math.round(takenMb)} MiB; its resources are ${limitMb} MiB.`;
  return { code: 'WORKER_MEMORY_LIMIT', message, retryable: true };
};

/** Why a worker that is wanted has to be replaced, where it has. */
const troubleWith = (run: Run, evidence: Seen, now: number, policy: SupervisionPolicy): RunFailure | undefined => {
  if (run.supervision.asked?.because !== undefined) return run.supervision.asked.because;
  const heartbeat = evidence.heard?.heartbeat;
  const silentMs = now - lastWord(run, evidence);
  if (silentMs > (heartbeat === undefined ? policy.firstHeartbeatTimeoutMs : policy.heartbeatTimeoutMs)) {
    const message = `The worker has not been heard of for ${Math.round(silentMs / 1000)} s although its process lives.`;
    return heartbeat?.failure ?? { code: 'WORKER_SILENT', message, retryable: true };
  }
  const tooLarge = tooLargeOf(run, evidence);
  if (tooLarge !== undefined) return tooLarge;
  // What it waits for comes back by itself, and another worker would wait for the same.
  if (heartbeat?.waiting !== undefined) return undefined;
  if (
    heartbeat?.phase === 'starting' &&
    judgeStart(run.supervision.startup, heartbeat, undefined, now, policy).isLate
  ) {
    const message = `The worker has got no further with its start for ${Math.round(policy.startupLimitMs / 1000)} s.`;
    return { code: 'WORKER_START_TIMEOUT', message, retryable: true };
  }
  if (heartbeat !== undefined && isStalled(heartbeat, run.kafkaRate, policy)) {
    const message = `The worker has made no progress for ${Math.round(policy.stalledLimitMs / 1000)} s although there is backlog.`;
    return { code: 'WORKER_STALLED', message, retryable: true };
  }
  return undefined;
};
