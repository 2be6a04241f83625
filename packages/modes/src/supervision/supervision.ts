import type { RunFailure } from '@penstock/model';
import type { ApplicationView, LaunchRecord } from './launcher.ts';
import type { SupervisionPolicy } from './policy.ts';

/**
 * What the supervisor remembers of a run between two looks; stored with the run (`runs.launcher_state`), written only
 * by the instance that holds the lease. JSON.
 */
export interface Supervision {
  /** The worker there may be. Absent: there is certainly none, or it is fenced. */
  readonly launch?: LaunchRecord;
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
  /** What people should know while nothing is to be done about it, for example why it is still waiting. */
  readonly notice?: Notice;
  /** Cluster Mode: why submitting failed, as far as this service saw. Whether there is an application YARN knows. */
  readonly submission?: RunFailure;
  /**
   * Cluster Mode: the application as it was last seen, kept after its end for whoever asks; `since`: when it was first
   * seen in this state and attempt (Unix ms); `drivers`: the last attempt that has had a container for its driver. Once it is there, no other application is launched for this run, unless
   * it was the service itself that asked it to end (`asked` without `because`, while `run` is desired).
   */
  readonly application?: { readonly view: ApplicationView; readonly since: number; readonly drivers: number };
  /** Cluster Mode: since when (Unix ms) this attempt has had all its executors without being ready. */
  readonly startup?: { readonly attempt: number; readonly since: number };
  /** Cluster Mode: executors heard of, latest last, so that their logs are found. At most `MAX_CONTAINERS`. */
  readonly containers?: readonly KnownContainer[];
}

export interface Notice {
  readonly code: string;
  readonly message: string;
}

export interface KnownContainer {
  readonly containerId: string;
  readonly executorId: string;
  readonly host: string;
}

export const MAX_CONTAINERS = 200;

export const NO_SUPERVISION: Supervision = { launches: 0, failures: 0, notBefore: 0 };

/** Forgets the launch and what was noted of it, without calling its end a failure. */
export const released = (supervision: Supervision): Supervision => {
  const { launch: _l, asked: _a, notice: _n, startup: _s, submission: _u, fencing: _f, ...kept } = supervision;
  return kept;
};

/** Waiting time before the next try after `failures` failures in a row. */
export const backoffOf = (failures: number, policy: SupervisionPolicy): number =>
  Math.min(policy.backoffMaxMs, policy.backoffFirstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));

/**
 * Books the end of a launch as a failure. `committed` is the sum of committed offsets the worker last told of.
 * A failure after progress starts a new row of failures, so that rare crashes of a long run never add up.
 */
export const noteFailure = (
  supervision: Supervision,
  failure: RunFailure,
  committed: number | undefined,
  now: number,
  policy: SupervisionPolicy,
): Supervision => {
  const kept = released(supervision);
  const before = supervision.offsetsAtFailure;
  const progressed = committed !== undefined && before !== undefined && committed > before;
  const failures = progressed ? 1 : supervision.failures + 1;
  const offsets = Math.max(committed ?? 0, before ?? 0);
  const isFinal = !failure.retryable || failures >= policy.maxFailures;
  return {
    ...kept,
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
