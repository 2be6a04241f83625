/**
 * The lifecycle of a pipeline: one pure table, used by the API (may this be asked for?), the supervisor (what did
 * just happen?) and the console (what can be pressed?). Execution modes add no states.
 *
 * The words are those of the EnOS API (contract A.13) and, where it is silent, of StreamSets Data Collector, which
 * EnOS runs on (contract C.1): they appear in the messages `[XX]` of 61152 and 61165.
 */
export const PipelineState = {
  /** Saved, never released. EnOS names no word for it; SDC's is taken. */
  Edited: 'EDITED',
  /** Released, and not started since. */
  Published: 'PUBLISHED',
  /** A worker is being started, for the first time or in place of a lost one. */
  Starting: 'STARTING',
  Running: 'RUNNING',
  Pausing: 'PAUSING',
  Paused: 'PAUSED',
  Stopping: 'STOPPING',
  Stopped: 'STOPPED',
  /** Never got to run; resources are released. */
  StartError: 'START_ERROR',
  /** Ran and failed for good; resources are released, state and offsets are kept. */
  RunError: 'RUN_ERROR',
} as const;
export type PipelineState = (typeof PipelineState)[keyof typeof PipelineState];

/** What people ask for. */
export const PipelineCommand = { Release: 'release', Start: 'start', Pause: 'pause', Stop: 'stop' } as const;
export type PipelineCommand = (typeof PipelineCommand)[keyof typeof PipelineCommand];

/** What is seen of the work: never assumed, always from evidence. */
export const PipelineObservation = {
  /** The worker has its tasks and makes progress. */
  WorkerRunning: 'workerRunning',
  /** The worker is gone without having been asked, and is going to be replaced. */
  WorkerLost: 'workerLost',
  /** Pause or stop is complete: no worker, everything committed, and (stop) state and offsets cleared. */
  WorkerStopped: 'workerStopped',
  /** Failed for good before it ever ran. */
  StartFailed: 'startFailed',
  /** Failed for good after it had run. */
  WorkerFailed: 'workerFailed',
  /** The source has ended (Dev Raw Data Source with "stop after first batch"). */
  Finished: 'finished',
} as const;
export type PipelineObservation = (typeof PipelineObservation)[keyof typeof PipelineObservation];

export type PipelineEvent = PipelineCommand | PipelineObservation;

/**
 * Legal moves. What is absent is refused (a command) or has no effect (an observation: it came too late to matter,
 * for example a worker that reports RUNNING after somebody asked for a stop).
 */
const TRANSITIONS = {
  EDITED: { release: 'PUBLISHED' },
  PUBLISHED: { release: 'PUBLISHED', start: 'STARTING' },
  STARTING: {
    stop: 'STOPPING',
    workerRunning: 'RUNNING',
    startFailed: 'START_ERROR',
    workerFailed: 'RUN_ERROR',
    finished: 'STOPPED',
  },
  RUNNING: {
    pause: 'PAUSING',
    stop: 'STOPPING',
    workerLost: 'STARTING',
    workerFailed: 'RUN_ERROR',
    finished: 'STOPPED',
  },
  // A worker that dies while pausing has lost nothing: what it had not committed is done again after the next start.
  PAUSING: { workerStopped: 'PAUSED', workerFailed: 'PAUSED', startFailed: 'PAUSED', finished: 'PAUSED' },
  PAUSED: { release: 'PUBLISHED', start: 'STARTING', stop: 'STOPPING' },
  // A failing worker does not end a stop: the clearing of state and offsets is still to be done.
  STOPPING: { workerStopped: 'STOPPED' },
  STOPPED: { release: 'PUBLISHED', start: 'STARTING' },
  START_ERROR: { release: 'PUBLISHED', start: 'STARTING', stop: 'STOPPING' },
  RUN_ERROR: { release: 'PUBLISHED', start: 'STARTING', stop: 'STOPPING' },
} as const satisfies Record<PipelineState, Partial<Record<PipelineEvent, PipelineState>>>;

type Table = typeof TRANSITIONS;
/** Events that have an effect in state `S`. */
export type EventsOf<S extends PipelineState> = keyof Table[S];
/** Where event `E` leads from state `S`; asking for an illegal move does not compile. */
export type NextState<S extends PipelineState, E extends EventsOf<S>> = Table[S][E];

/** A move known when the code is written: an illegal one is a type error. */
export const moveFrom = <S extends PipelineState, E extends EventsOf<S>>(state: S, event: E): NextState<S, E> =>
  TRANSITIONS[state][event];

/** The move for a state read at run time; undefined where the table has none. */
export const nextState = (state: PipelineState, event: PipelineEvent): PipelineState | undefined => {
  const moves: Partial<Record<PipelineEvent, PipelineState>> = TRANSITIONS[state];
  return moves[event];
};

/** Commands the table allows in a state, for whoever offers them. */
export const commandsIn = (state: PipelineState): readonly PipelineCommand[] =>
  Object.values(PipelineCommand).filter((command) => nextState(state, command) !== undefined);

/** States in which a run is under way: a worker may exist, and its resources are taken. */
const ACTIVE: ReadonlySet<PipelineState> = new Set(['STARTING', 'RUNNING', 'PAUSING', 'STOPPING']);
export const isActive = (state: PipelineState): boolean => ACTIVE.has(state);

const STATES: ReadonlySet<string> = new Set(Object.values(PipelineState));
export const isPipelineState = (value: string): value is PipelineState => STATES.has(value);
