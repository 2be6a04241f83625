import type { RunFailure, RunSpec } from '@penstock/model';

/**
 * The port between the supervisor and whatever runs workers: processes of this machine in Standalone Mode, YARN in
 * Cluster Mode. The supervisor decides *when*; a launcher only knows *how*, and tells what it can see.
 *
 * A launch is written down before it happens: `prepare` names it without any effect, the supervisor stores the name,
 * `launch` makes it happen. A service that dies in between can therefore always find out what became of it.
 */
export interface Launcher {
  readonly kind: 'standalone' | 'cluster';
  /** Names a launch that is about to happen. No effect outside. */
  prepare(runId: string, now: number): LaunchRecord;
  /**
   * Starts it. Resolves once the process or application exists (not once it works).
   * Errors: `AppError`; `retryable` false where trying again cannot help (program missing, no permission).
   */
  launch(record: LaunchRecord, spec: RunSpec): Promise<LaunchRecord>;
  /** What became of a launch, as far as it can be seen from here. */
  evidence(record: LaunchRecord): Promise<ProcessEvidence>;
  /** Asks it to finish (`graceful`) or ends it (`kill`). Resolves once asked, not once ended. Idempotent. */
  terminate(record: LaunchRecord, how: TerminateHow): Promise<void>;
  /** Regular care of a live launch by the instance that supervises it: logs kept small, addresses kept fresh. */
  tend(record: LaunchRecord): Promise<void>;
  /** Removes the secrets a finished run left behind here. */
  forget(runId: string): Promise<void>;
}

export type TerminateHow = 'graceful' | 'kill';

/** One attempt to have a worker, as stored with the run. JSON. */
export interface LaunchRecord {
  readonly launchId: string;
  readonly kind: Launcher['kind'];
  /** Host that can see the process. */
  readonly host: string;
  /** Unix ms. */
  readonly at: number;
  /** Standalone: names the process beyond doubt, as its last argument. */
  readonly specFile?: string;
  readonly logFile?: string;
  /** Standalone: the file in which the worker looks up where the service is. */
  readonly endpointsFile?: string;
  readonly pid?: number;
  /** Opaque; with the pid it names one process for good. */
  readonly processStartedAt?: string;
  /** Cluster: the tag the application is found by. */
  readonly tag?: string;
  /** Cluster: known once YARN has accepted it. `pid` and `processStartedAt` are then of the submitting program. */
  readonly applicationId?: string;
}

export type ProcessEvidence =
  /**
   * The launch never came to be: the instance that meant to do it ended before, or, with `failure`, the submitting
   * program of Cluster Mode ended without YARN having got an application.
   */
  | { readonly kind: 'never-started'; readonly failure?: RunFailure }
  | { readonly kind: 'alive'; readonly pid: number; readonly processStartedAt: string }
  | { readonly kind: 'dead'; readonly exit?: ProcessExit }
  /** On a host that cannot be looked at from here. */
  | { readonly kind: 'out-of-sight'; readonly host: string }
  /** Cluster: the submitting program is at work, or may be. */
  | { readonly kind: 'submitting' }
  /** Cluster: YARN knows the application, alive or ended. */
  | { readonly kind: 'application'; readonly application: ApplicationView }
  /** Cluster: the ResourceManager cannot be asked; nothing is known for or against the application. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** Cluster: the ResourceManager answers, and no longer knows an application it had accepted. */
  | { readonly kind: 'lost'; readonly applicationId: string };

/** An application as YARN reports it (`/ws/v1/cluster/apps`), in our words. */
export interface ApplicationView {
  readonly applicationId: string;
  /** NEW, NEW_SAVING, SUBMITTED, ACCEPTED, RUNNING, FINISHED, FAILED, KILLED. */
  readonly state: string;
  /** UNDEFINED until it has ended; then SUCCEEDED, FAILED, KILLED or ENDED. */
  readonly finalStatus: string;
  readonly diagnostics: string;
  readonly queue: string;
  /** Attempts so far, from 1. */
  readonly attempts: number;
  readonly trackingUrl: string;
  /** Unix ms; 0 while it has not ended. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly memoryMb: number;
  readonly vcores: number;
  readonly containers: number;
  /** Why it has not got what it asked for, where it is waiting. */
  readonly waiting?: string;
}

/** How a process ended, where somebody saw it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Exit codes of the worker program. */
export const WORKER_EXIT_STOPPED = 0;
export const WORKER_EXIT_FATAL = 3;

const OVER: ReadonlySet<string> = new Set(['FINISHED', 'FAILED', 'KILLED']);

export const isOver = (view: ApplicationView): boolean => OVER.has(view.state);
