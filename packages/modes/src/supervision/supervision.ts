import { isWaitedFor, type RunFailure } from '@penstock/model';
import type { SupervisionPolicy } from './policy.ts';

/**
 * What the supervisor remembers of a run between two looks, whatever its mode; stored with the run
 * (`runs.launcher_state`), written only by the instance that holds the lease. JSON. A mode stores more beside it, and
 * a launch of its own form: both are read by the mode alone.
 */
export interface Supervision {
  /** The worker there may be. Absent: there is certainly none, or it is fenced. */
  readonly launch?: object;
  /** Launches of this run so far. */
  readonly launches: number;
  /** Failures in a row without progress in between. */
  readonly failures: number;
  /** Unix ms; no launch before. */
  readonly notBefore: number;
  readonly lastFailure?: RunFailure;
  /** Sum of committed offsets when it last failed: a larger one at the next failure means progress. */
  readonly offsetsAtFailure?: number;
  /** When (Unix ms) the current launch was asked to end, and why, where it was not people who asked. */
  readonly asked?: { readonly graceful?: number; readonly kill?: number; readonly because?: RunFailure };
  /** Set once no further launch will be tried. */
  readonly givenUp?: RunFailure;
  /** The clearing of state and offsets after a stop: failed attempts, and not again before (Unix ms). */
  readonly clearing?: { readonly failures: number; readonly notBefore: number };
  /** Fencing after the end of an application, where it has failed: since when, how often, why, not again before. */
  readonly fencing?: {
    readonly since: number;
    readonly failures: number;
    readonly notBefore: number;
    readonly message: string;
  };
  /**
   * How far the current launch was found to have got with its start, and when (Unix ms) that was; noted again at most
   * every `START_NOTED_MS`. `attempt`: of YARN, where it is one of several.
   */
  readonly startup?: { readonly since: number; readonly progress: number; readonly attempt?: number };
  /** What people should know while nothing is to be done about it, for example why it is still waiting. */
  readonly notice?: Notice;
}

export interface Notice {
  readonly code: string;
  readonly message: string;
}

export const NO_SUPERVISION = { launches: 0, failures: 0, notBefore: 0 } satisfies Supervision;

/** Forgets the launch and what was noted of it, without calling its end a failure. */
export const released = <S extends Supervision>(
  supervision: S,
): Omit<S, 'launch' | 'asked' | 'notice' | 'fencing' | 'startup'> => {
  const { launch: _l, asked: _a, notice: _n, fencing: _f, startup: _s, ...kept } = supervision;
  return kept;
};

/** Waiting time before the next try after `failures` failures in a row. */
export const backoffOf = (failures: number, policy: SupervisionPolicy): number =>
  Math.min(policy.backoffMaxMs, policy.backoffFirstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));

/**
 * Books the end of a launch, which is released already, as a failure. `committed` is the sum of committed offsets the worker last told of.
 * A failure after progress starts a new row of failures, so that rare crashes of a long run never add up.
 */
export const noteFailure = <S extends Supervision>(
  released: S,
  failure: RunFailure,
  committed: number | undefined,
  now: number,
  policy: SupervisionPolicy,
): S => {
  const before = released.offsetsAtFailure;
  const progressed = committed !== undefined && before !== undefined && committed > before;
  const failures = progressed ? 1 : released.failures + 1;
  const offsets = Math.max(committed ?? 0, before ?? 0);
  const isFinal = !failure.retryable || (failures >= policy.maxFailures && !isWaitedFor(failure.code));
  return {
    ...released,
    failures,
    notBefore: now + backoffOf(failures, policy),
    lastFailure: failure,
    ...(committed === undefined && before === undefined ? {} : { offsetsAtFailure: offsets }),
    ...(isFinal ? { givenUp: finalFailure(failure, failures) } : {}),
  };
};

const finalFailure = (failure: RunFailure, failures: number): RunFailure =>
  failure.retryable
    ? { ...failure, message: `${failure.message} (given up after ${failures} failures in a row)`, retryable: false }
    : failure;

/** Reads what was stored; anything else than what was written here is a bug of this program. */
export const parseSupervision = (text: string | null): Supervision =>
  text === null ? NO_SUPERVISION : (JSON.parse(text) as Supervision);
