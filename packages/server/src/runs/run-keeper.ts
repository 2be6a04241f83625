import type { Clock } from '@penstock/engine';
import {
  AppError,
  messageOf,
  type PipelineObservation,
  type RunFailure,
  type RunSpec,
  type TaskProgress,
} from '@penstock/model';
import {
  type Action,
  backoffOf,
  type Evidence,
  type Launcher,
  type Mode,
  type Modes,
  noteFailure,
  SOURCE_FINISHED,
  type Supervision,
  type SupervisionPolicy,
  stopLaunch,
} from '@penstock/modes';
import type { Store } from '../store/open-store.ts';
import { recordEvent } from '../use-case/record-event.ts';
import { applyObservation } from './apply-observation.ts';
import { tellNotice } from './notice-events.ts';
import { hasEvent, type OpenRun, readHeldRun, saveSupervision } from './run-store.ts';
import { hashToken } from './run-token.ts';
import { releaseStartLock } from './start-lock.ts';

export interface SupervisorLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface SupervisorDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly instanceId: string;
  /** Whose processes can be seen from here, as `placeOf` names it. */
  readonly place: string;
  readonly policy: SupervisionPolicy;
  readonly modes: Modes;
  /** False while the database belongs elsewhere: then no run is looked after. Absent: it does not. */
  readonly isAtHome?: () => boolean;
  readonly specOf: (run: OpenRun) => Promise<{ readonly spec: RunSpec; readonly token: string }>;
  /** Deletes a pipeline's state, internal topics and offsets. Idempotent. */
  readonly clear: (pipelineId: string) => Promise<void>;
  /** Takes tasks from whoever has them: those named, or, where none was heard of, all there can be. */
  readonly fence: (
    pipelineId: string,
    tasks: readonly TaskProgress[],
    sourcePartitions: number | undefined,
  ) => Promise<void>;
  /** Brings the logs of a run that is over to where they last. Bounded in time; what fails is left out. */
  readonly keepLogs?: (run: OpenRun, supervision: Supervision) => Promise<void>;
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
    const mode = this.#deps.modes.of(run.executionMode);
    const { launcher } = mode;
    const evidence = await this.#evidenceOf(run, mode, listeningSince);
    const decision = mode.decide(run, evidence, clock.now(), policy);
    if (decision.supervision !== run.supervision) {
      if (!(await this.#save(run, decision.supervision))) return;
      await this.#tellFailure(run, decision.supervision);
      await tellNotice(store.db, run, mode, decision.supervision, clock.now());
    }
    const { launch } = decision.supervision;
    if (run.state === 'STARTING' && launch !== undefined && isUnderWay(mode, run, decision.supervision))
      await releaseStartLock(store.db, runId);
    if (launch !== undefined && launcher !== undefined) await this.#tend(run, launcher, launch);
    for (const action of decision.actions) await this.#act(run, decision.supervision, launcher, action);
  }

  async #evidenceOf(run: OpenRun, mode: Mode, listeningSince: number): Promise<Evidence> {
    const { launch } = run.supervision;
    if (launch === undefined) return { listeningSince };
    const process = mode.launcher === undefined ? mode.unseen(launch) : await mode.launcher.evidence(launch);
    return {
      listeningSince,
      process,
      ...(run.heard !== undefined && mode.belongs(run.heard.heartbeat, run.supervision) ? { heard: run.heard } : {}),
      ...(mode.hasEnded(process)
        ? { sourceFinished: await hasEvent(this.#deps.store.db, run.pipelineId, run.runId, SOURCE_FINISHED) }
        : {}),
    };
  }

  /** Care that fails is tried again with the next look, and keeps nobody from what has to be done. */
  async #tend(run: OpenRun, launcher: Launcher, launch: object): Promise<void> {
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
    const { clock, log } = this.#deps;
    if (launcher === undefined) {
      return this.#spawnFailed(run, supervision, {
        code: 'LAUNCHER_MISSING',
        message: 'No launcher is configured for the execution mode of this run.',
        retryable: false,
      });
    }
    const mode = this.#deps.modes.of(run.executionMode);
    const prepared = launcher.prepare(run.runId, clock.now());
    // Written before it is done: whoever comes after a crash looks for this launch instead of starting another.
    const intent: Supervision = { ...supervision, launch: prepared, launches: supervision.launches + 1 };
    let isIntended = false;
    try {
      const { spec, token } = await this.#deps.specOf({ ...run, supervision: intent });
      if (!(await this.#save(run, intent, hashToken(token)))) return;
      isIntended = true;
      const launched = await launcher.launch(prepared, spec);
      const pid = mode.traces({ ...intent, launch: launched }).workerPid ?? undefined;
      log.info({ runId: run.runId, pipelineId: run.pipelineId, pid, launch: intent.launches }, 'worker started');
      await this.#save(run, { ...intent, launch: launched });
    } catch (error) {
      const retryable = !(error instanceof AppError) || error.retryable;
      const code = error instanceof AppError ? error.code : 'LAUNCH_FAILED';
      const failure = { code, message: messageOf(error), retryable };
      const open = isIntended ? mode.afterFailedLaunch(intent, failure) : undefined;
      if (open === undefined) await this.#spawnFailed(run, intent, failure);
      else await this.#save(run, open);
    }
  }

  async #spawnFailed(run: OpenRun, supervision: Supervision, failure: RunFailure): Promise<void> {
    const { clock, policy } = this.#deps;
    const kept = this.#deps.modes.of(run.executionMode).released(supervision);
    const booked = noteFailure(kept, failure, undefined, clock.now(), policy);
    if (await this.#save(run, booked)) await this.#tellFailure(run, booked);
  }

  async #fence(run: OpenRun, supervision: Supervision): Promise<void> {
    const { clock, policy, log } = this.#deps;
    try {
      await this.#deps.fence(run.pipelineId, run.heard?.heartbeat.tasks ?? [], run.sourcePartitions);
    } catch (error) {
      const now = clock.now();
      const failures = (supervision.fencing?.failures ?? 0) + 1;
      const message = messageOf(error);
      log.warn({ runId: run.runId, pipelineId: run.pipelineId, failures, reason: message }, 'tasks cannot be fenced');
      const since = supervision.fencing?.since ?? now;
      const fencing = { since, failures, notBefore: now + backoffOf(failures, policy), message };
      await this.#save(run, { ...supervision, fencing });
      return;
    }
    await this.#save(run, this.#deps.modes.of(run.executionMode).released(supervision));
    this.#wake();
  }

  /** A clearing that fails leaves the pipeline STOPPING, with the reason, and is tried again. */
  async #clear(run: OpenRun, supervision: Supervision, launcher: Launcher | undefined): Promise<void> {
    const { clock, policy, log } = this.#deps;
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
      await this.#save(run, { ...supervision, lastFailure, clearing });
      return;
    }
    await this.#observe(run, supervision, launcher, 'workerStopped');
  }

  /** Tells the worker of a run to finish, and waits for its end for a bounded time. What is desired stays. */
  async stopWorker(runId: string): Promise<void> {
    const { store, clock, instanceId, policy, log } = this.#deps;
    const run = await readHeldRun(store.db, runId, instanceId);
    const launch = run?.supervision.launch;
    const mode = run === undefined ? undefined : this.#deps.modes.of(run.executionMode);
    const launcher = mode?.launcher;
    if (run === undefined || mode === undefined || launch === undefined || launcher === undefined) return;
    // Noted as asked for by nobody but the service, so that its end counts neither as a failure nor as finished.
    const asked = { ...run.supervision.asked, graceful: clock.now() };
    if (!(await this.#save(run, { ...run.supervision, asked }))) return;
    if (await stopLaunch(mode, launcher, launch, policy)) return;
    log.warn({ runId, pipelineId: run.pipelineId }, 'a worker did not finish in time and was killed');
  }

  /** False when the run is no longer this instance's. */
  #save(run: OpenRun, supervision: Supervision, tokenHash?: string): Promise<boolean> {
    const { store, instanceId, modes } = this.#deps;
    const traces = modes.of(run.executionMode).traces(supervision);
    return saveSupervision(store.db, { runId: run.runId, instanceId }, supervision, traces, tokenHash);
  }
}

/** Other starts need not wait for this one: see `Mode.isUnderWay`. */
const isUnderWay = (mode: Mode, run: OpenRun, supervision: Supervision): boolean => {
  const heartbeat = run.heard?.heartbeat;
  return mode.isUnderWay(
    supervision,
    heartbeat !== undefined && mode.belongs(heartbeat, supervision) ? heartbeat : undefined,
  );
};
