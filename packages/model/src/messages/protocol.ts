/** What the messages between the service, workers and drivers have in common, for programs that only need the words. */

/**
 * The version of these messages. It counts up when one side has to know something new to understand the other; fields
 * that may be missing do not. Without it a message is of version 1.
 */
export const PROTOCOL_VERSION = 1;

export const WorkerPhase = {
  /** Fencing older owners, restoring state. */
  Starting: 'starting',
  Running: 'running',
  /** Finishing and committing what is under way before it exits. */
  Draining: 'draining',
  /** Everything is committed; the process is about to exit. */
  Stopped: 'stopped',
  Failed: 'failed',
} as const;
export type WorkerPhase = (typeof WorkerPhase)[keyof typeof WorkerPhase];

/** `stop` and `pause` both mean: finish, commit and exit; what happens to state and offsets then is the service's work. */
export const DesiredRun = { Run: 'run', Pause: 'pause', Stop: 'stop' } as const;
export type DesiredRun = (typeof DesiredRun)[keyof typeof DesiredRun];

/** Characters of a record's text in a snapshot. */
export const MAX_SNAPSHOT_TEXT = 4000;

/**
 * How the service refuses a heartbeat: the status, and the `code` of the problem in the body. A worker goes by both: any
 * proxy, ingress or other program on a port can answer with a status.
 */
export const HeartbeatRefusal = {
  /** The run token is missing or wrong. */
  TokenInvalid: { status: 401, code: 'RUN_TOKEN_INVALID' },
  /** There is no such run. Said for long enough, the worker ends. */
  RunUnknown: { status: 404, code: 'RUN_UNKNOWN' },
  /** The sender speaks a later version of the protocol than this instance. */
  VersionNewer: { status: 409, code: 'HEARTBEAT_VERSION_NEWER' },
  /** The run is over. Said for long enough, the worker ends. */
  RunOver: { status: 410, code: 'RUN_OVER' },
} as const;

/** Whether an answer is the service's own word that the run is over. `code`: of the problem in its body. */
export const saysRunIsOver = (status: number, code: unknown): boolean =>
  [HeartbeatRefusal.RunUnknown, HeartbeatRefusal.RunOver].some(
    (refusal) => refusal.status === status && refusal.code === code,
  );
