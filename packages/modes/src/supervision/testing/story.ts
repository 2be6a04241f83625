import assert from 'node:assert/strict';
import type { DesiredRun, Heartbeat, PipelineState } from '@penstock/model';
import type { Action, Decide, Evidence, RunView } from '../decision.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import { NO_SUPERVISION, type Supervision } from '../supervision.ts';

export const seconds = (count: number): number => count * 1000;
export const minutes = (count: number): number => count * 60_000;

/** What a look is expected to decide, and to say. `reason` is of the action, `notice` what people read meanwhile. */
export interface Expected {
  readonly reason?: string;
  readonly notice?: string | undefined;
}

/**
 * A run and its supervisor, look by look: what happened, then `decides` what is done about it. What was decided takes
 * effect as the keeper would have it, so a story reads from top to bottom.
 */
export abstract class Story<S extends Supervision, E extends object> {
  now = 1_800_000_000_000;
  #desired: DesiredRun = 'run';
  #desiredAt = this.now;
  #state: PipelineState = 'STARTING';
  #hasRun = false;
  #heard: { readonly at: number; readonly heartbeat: Heartbeat } | undefined;
  #process: E | undefined;
  protected abstract supervision: S;

  protected abstract decide: Decide<RunView<S>, E>;
  /** The record of a launch that is made now. */
  protected abstract launched(): S;
  protected abstract released(): S;
  protected abstract heartbeat(over: Partial<Heartbeat>): Heartbeat;

  /** Nothing new for a while. */
  silentFor(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Somebody pauses or stops the pipeline. */
  wanted(desired: 'pause' | 'stop'): this {
    this.#desired = desired;
    this.#desiredAt = this.now;
    this.#state = desired === 'pause' ? 'PAUSING' : 'STOPPING';
    return this;
  }

  protected sees(process: E): this {
    this.#process = process;
    return this;
  }

  /** A heartbeat comes, a second after whatever was before. */
  reports(phase: Heartbeat['phase'], over: Partial<Heartbeat> = {}): this {
    this.now += 1000;
    this.#heard = { at: this.now, heartbeat: this.heartbeat({ phase, ...over }) };
    return this;
  }

  /** The next look, and what it decides: `nothing`, or the names of the actions. */
  decides(what: string, { reason, notice }: Expected = {}): this {
    const run = {
      desired: this.#desired,
      desiredAt: this.#desiredAt,
      state: this.#state,
      hasRun: this.#hasRun,
      kafkaRate: 1000,
      executors: 2,
      supervision: this.supervision,
    };
    const evidence: Evidence<E> = {
      listeningSince: 0,
      ...(this.supervision.launch === undefined || this.#process === undefined ? {} : { process: this.#process }),
      ...(this.supervision.launch === undefined || this.#heard === undefined ? {} : { heard: this.#heard }),
    };
    const { supervision, actions } = this.decide(run, evidence, this.now, DEFAULT_POLICY);
    this.supervision = supervision;
    assert.equal(actions.map(nameOf).join(', ') || 'nothing', what);
    if (reason !== undefined)
      assert.equal(
        actions.map(reasonOf).find((code) => code !== undefined),
        reason,
      );
    assert.equal(supervision.notice?.code, notice);
    for (const action of actions) this.#take(action);
    return this;
  }

  /** As the keeper does it. */
  #take(action: Action): void {
    if (action.kind === 'spawn') {
      this.supervision = this.launched();
      this.#heard = undefined;
    }
    if (action.kind === 'fence') this.supervision = this.released();
    if (action.kind !== 'observe') return;
    if (action.observation === 'workerRunning') this.#hasRun = true;
    this.#state = STATE_AFTER[action.observation];
  }
}

const STATE_AFTER = {
  workerRunning: 'RUNNING',
  workerLost: 'STARTING',
  workerStopped: 'PAUSED',
  startFailed: 'START_ERROR',
  workerFailed: 'RUN_ERROR',
  finished: 'FINISHED',
} as unknown as Record<Extract<Action, { kind: 'observe' }>['observation'], PipelineState>;

const nameOf = (action: Action): string =>
  action.kind === 'observe' ? action.observation : action.kind === 'terminate' ? action.how : action.kind;

const reasonOf = (action: Action): string | undefined =>
  action.kind === 'observe' ? action.reason?.code : action.kind === 'terminate' ? action.because?.code : undefined;

export const NOTHING_KNOWN = NO_SUPERVISION;

/** A heartbeat in which nothing is remarkable. */
export const plainHeartbeat = (startedAt: number, over: Partial<Heartbeat>): Heartbeat => ({
  runId: 'r',
  workerId: 'w',
  pid: 42,
  host: 'here',
  startedAt,
  sequence: 1,
  phase: 'running',
  tasks: [],
  stages: {},
  recordsRead: 0,
  bytesRead: 0,
  recordsWritten: 0,
  rssMb: 100,
  cpuMs: 100,
  events: [],
  ...over,
});
