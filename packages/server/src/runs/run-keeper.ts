import type { Clock } from '@penstock/engine';
import {
  AppError,
  messageOf,
  type PipelineObservation,
  type RunFailure,
  type RunSpec,
  type TaskProgress,
} from '@penstock/model';
import type { Launcher, LaunchRecord, ProcessEvidence, SupervisionPolicy } from '@penstock/modes';
import {
  type Action,
  backoffOf,
  belongsToLaunch,
  type Decide,
  decide,
  decideCluster,
  type Evidence,
  isOver,
  noteFailure,
  released,
  SOURCE_FINISHED,
  type Supervision,
  stopLaunch,
} from '@penstock/modes';
import type { Store } from '../store/open-store.ts';
import { recordEvent } from '../use-case/record-event.ts';
import { applyObservation } from './apply-observation.ts';
import { tellNotice } from './notice-events.ts';
import { hasEvent, type OpenRun, readHeldRun, saveSupervision } from './run-store.ts';
import { hashToken } from './run-token.ts';

export interface SupervisorLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface SupervisorDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly instanceId: string;
  readonly host: string;
  readonly policy: SupervisionPolicy;
  /** Absent where the mode is not configured. */
  readonly launcherOf: (executionMode: number) => Launcher | undefined;
  readonly specOf: (run: OpenRun) => Promise<{ readonly spec: RunSpec; readonly token: string }>;
  /** Deletes a pipeline's state, internal topics and offsets. Idempotent. */
  readonly clear: (pipelineId: string) => Promise<void>;
  /** Takes tasks from whoever has them: those named, or, where none was heard of, all there can be. */
  readonly fence: (
    pipelineId: string,
    tasks: readonly TaskProgress[],
    sourcePartitions: number | undefined,
  ) => Promise<void>;
  /** Brings the logs of a run of Cluster Mode that is over to where they last. Bounded in time; what fails is left out. */
  readonly keepLogs?: (run: OpenRun, supervision: Supervision) => Promise<void>;
  /** Kills applications of this installation that belong to none of these tags. Absent without a cluster. */
  readonly killUnknown?: (knownTags: ReadonlySet<string>) => Promise<void>;
  readonly log: SupervisorLog;
}

/** Looks after one run at a time: gathers the evidence, has it decided what to do, and does it. */
export class RunKeeper {
  readonly #deps: SupervisorDeps;
  readonly #wake: () => void;

  /** `wake`: asks for another look soon. */
  constructor(deps: SupervisorDeps, wake: () => void) {
    this.#deps = deps;
    this.#wake = wake;
  }

  /** One look at a run this instance holds; `listeningSince` as in `Evidence`. */
  async look(runId: string, listeningSince: number): Promise<void> {
    const { store, clock, instanceId, policy } = this.#deps;
    const run = await readHeldRun(store.db, runId, instanceId);
    if (run === undefined) return;
    const launcher = this.#deps.launcherOf(run.executionMode);
    const evidence = await this.#evidenceOf(run, launcher, listeningSince);
    const decision = decideFor(run.executionMode)(run, evidence, clock.now(), policy);
    if (decision.supervision !== run.supervision) {
      if (!(await saveSupervision(store.db, runId, instanceId, decision.supervision))) return;
      await this.#tellFailure(run, decision.supervision);
      await tellNotice(store.db, run, decision.supervision, clock.now());
    }
    const { launch } = decision.supervision;
    if (launch !== undefined && launcher !== undefined) await this.#tend(run, launcher, launch);
    for (const action of decision.actions) await this.#act(run, decision.supervision, launcher, action);
  }

  async #evidenceOf(run: OpenRun, launcher: Launcher | undefined, listeningSince: number): Promise<Evidence> {
    const { launch } = run.supervision;
    if (launch === undefined) return { listeningSince };
    const process = launcher === undefined ? unseen(launch) : await launcher.evidence(launch);
    const isDead =
      process.kind === 'dead' ||
      process.kind === 'lost' ||
      (process.kind === 'application' && isOver(process.application));
    return {
      listeningSince,
      process,
      ...(run.heard !== undefined && belongsToLaunch(run.heard.heartbeat, launch) ? { heard: run.heard } : {}),
      ...(isDead
        ? { sourceFinished: await hasEvent(this.#deps.store.db, run.pipelineId, run.runId, SOURCE_FINISHED) }
        : {}),
    };
  }

  /** Care that fails is tried again with the next look, and keeps nobody from what has to be done. */
  async #tend(run: OpenRun, launcher: Launcher, launch: LaunchRecord): Promise<void> {
    try {
      await launcher.tend(launch);
    } catch (error) {
      this.#deps.log.warn({ runId: run.runId, reason: messageOf(error) }, 'a launch could not be taken care of');
    }
  }

  async #tellFailure(run: OpenRun, next: Supervision): Promise<void> {
    const { lastFailure, failures } = next;
    if (lastFailure === undefined || lastFailure === run.supervision.lastFailure) return;
    const { log, clock, store, policy } = this.#deps;
    log.warn({ runId: run.runId, pipelineId: run.pipelineId, code: lastFailure.code, failures }, lastFailure.message);
    if (next.givenUp !== undefined) return; // told by the observation that follows
    const waitS = Math.round(backoffOf(failures, policy) / 1000);
    await recordEvent(store.db, {
      pipelineId: run.pipelineId,
      runId: run.runId,
      at: clock.now(),
      code: lastFailure.code,
      message: `${lastFailure.message} Failure ${failures} in a row; the next attempt is in ${waitS} s.`,
      severity: 'warning',
    });
  }

  async #act(run: OpenRun, supervision: Supervision, launcher: Launcher | undefined, action: Action): Promise<void> {
    const { launch } = supervision;
    switch (action.kind) {
      case 'spawn':
        return this.#spawn(run, supervision, launcher);
      case 'terminate':
        if (launch === undefined || launcher === undefined) return;
        this.#deps.log.warn(
          { runId: run.runId, pipelineId: run.pipelineId, how: action.how, code: action.because?.code },
          'ending a worker',
        );
        return launcher.terminate(launch, action.how);
      case 'fence':
        return this.#fence(run, supervision);
      case 'clear':
        return this.#clear(run, supervision, launcher);
      case 'observe':
        return this.#observe(run, supervision, launcher, action.observation, action.reason);
    }
  }

  async #observe(
    run: OpenRun,
    supervision: Supervision,
    launcher: Launcher | undefined,
    observation: PipelineObservation,
    reason?: RunFailure,
  ): Promise<void> {
    const options = reason === undefined ? {} : { reason: { code: reason.code, message: reason.message } };
    const { state, changed } = await applyObservation(this.#deps, run.runId, observation, options);
    if (!changed) return;
    this.#deps.log.info(
      { runId: run.runId, pipelineId: run.pipelineId, observation, state, code: reason?.code },
      'pipeline state changed',
    );
    if (observation === 'workerRunning' || observation === 'workerLost') return;
    await this.#deps.keepLogs?.(run, supervision);
    await launcher?.forget(run.runId);
  }

  async #spawn(run: OpenRun, supervision: Supervision, launcher: Launcher | undefined): Promise<void> {
    const { store, clock, instanceId, log } = this.#deps;
    if (launcher === undefined) {
      return this.#spawnFailed(run, supervision, {
        code: 'LAUNCHER_MISSING',
        message: 'No launcher is configured for the execution mode of this run.',
        retryable: false,
      });
    }
    const prepared = launcher.prepare(run.runId, clock.now());
    // Written before it is done: whoever comes after a crash looks for this launch instead of starting another.
    const intent: Supervision = { ...supervision, launch: prepared, launches: supervision.launches + 1 };
    let isIntended = false;
    try {
      const { spec, token } = await this.#deps.specOf({ ...run, supervision: intent });
      if (!(await saveSupervision(store.db, run.runId, instanceId, intent, hashToken(token)))) return;
      isIntended = true;
      const launched = await launcher.launch(prepared, spec);
      log.info(
        { runId: run.runId, pipelineId: run.pipelineId, pid: launched.pid, launch: intent.launches },
        'worker started',
      );
      await saveSupervision(store.db, run.runId, instanceId, { ...intent, launch: launched });
    } catch (error) {
      const retryable = !(error instanceof AppError) || error.retryable;
      const code = error instanceof AppError ? error.code : 'LAUNCH_FAILED';
      const failure = { code, message: messageOf(error), retryable };
      // YARN may have got the application all the same: only what it says settles whether there is one.
      if (isIntended && launcher.kind === 'cluster') {
        await saveSupervision(store.db, run.runId, instanceId, { ...intent, submission: failure });
      } else await this.#spawnFailed(run, intent, failure);
    }
  }

  async #spawnFailed(run: OpenRun, supervision: Supervision, failure: RunFailure): Promise<void> {
    const { store, clock, instanceId, policy } = this.#deps;
    const booked = noteFailure(supervision, failure, undefined, clock.now(), policy);
    if (await saveSupervision(store.db, run.runId, instanceId, booked)) await this.#tellFailure(run, booked);
  }

  async #fence(run: OpenRun, supervision: Supervision): Promise<void> {
    const { store, clock, instanceId, policy, log } = this.#deps;
    try {
      await this.#deps.fence(run.pipelineId, run.heard?.heartbeat.tasks ?? [], run.sourcePartitions);
    } catch (error) {
      const now = clock.now();
      const failures = (supervision.fencing?.failures ?? 0) + 1;
      const message = messageOf(error);
      log.warn({ runId: run.runId, pipelineId: run.pipelineId, failures, reason: message }, 'tasks cannot be fenced');
      const since = supervision.fencing?.since ?? now;
      const fencing = { since, failures, notBefore: now + backoffOf(failures, policy), message };
      await saveSupervision(store.db, run.runId, instanceId, { ...supervision, fencing });
      return;
    }
    await saveSupervision(store.db, run.runId, instanceId, released(supervision));
    this.#wake();
  }

  /** A clearing that fails leaves the pipeline STOPPING, with the reason, and is tried again. */
  async #clear(run: OpenRun, supervision: Supervision, launcher: Launcher | undefined): Promise<void> {
    const { clock, policy, store, instanceId, log } = this.#deps;
    try {
      await this.#deps.clear(run.pipelineId);
    } catch (error) {
      const failures = (supervision.clearing?.failures ?? 0) + 1;
      const lastFailure: RunFailure = {
        code: 'CLEARING_FAILED',
        message: `State and offsets could not be cleared yet: ${messageOf(error)}`,
        retryable: true,
      };
      log.warn({ runId: run.runId, pipelineId: run.pipelineId, failures }, lastFailure.message);
      const clearing = { failures, notBefore: clock.now() + backoffOf(failures, policy) };
      await saveSupervision(store.db, run.runId, instanceId, { ...supervision, lastFailure, clearing });
      return;
    }
    await this.#observe(run, supervision, launcher, 'workerStopped');
  }

  /** Tells the worker of a run to finish, and waits for its end for a bounded time. What is desired stays. */
  async stopWorker(runId: string): Promise<void> {
    const { store, clock, instanceId, policy, log } = this.#deps;
    const run = await readHeldRun(store.db, runId, instanceId);
    const launch = run?.supervision.launch;
    const launcher = run === undefined ? undefined : this.#deps.launcherOf(run.executionMode);
    if (run === undefined || launch === undefined || launcher === undefined) return;
    // Noted as asked for by nobody but the service, so that its end counts neither as a failure nor as finished.
    const asked = { ...run.supervision.asked, graceful: clock.now() };
    if (!(await saveSupervision(store.db, runId, instanceId, { ...run.supervision, asked }))) return;
    if (await stopLaunch(launcher, launch, policy)) return;
    log.warn({ runId, pipelineId: run.pipelineId }, 'a worker did not finish in time and was killed');
  }
}

const decideFor = (executionMode: number): Decide => (executionMode === 1 ? decideCluster : decide);

/** What can be said of a launch of a mode that this instance is not set up for. */
const unseen = (launch: LaunchRecord): ProcessEvidence =>
  launch.kind === 'cluster'
    ? { kind: 'unreachable', message: 'Cluster Mode is not set up on this service instance (HADOOP_CONF_DIR).' }
    : { kind: 'out-of-sight', host: launch.host };
