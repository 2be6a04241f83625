import type {
  ClusterReport,
  DesiredRun,
  Heartbeat,
  HeartbeatReply,
  Issue,
  JsonValue,
  Reservation,
  ResourceConfig,
  RunSpec,
} from '@penstock/model';
import type { Decide, RunView } from './supervision/decision.ts';
import type { Launcher } from './supervision/launcher.ts';
import type { SupervisionPolicy } from './supervision/policy.ts';
import type { Notice, Supervision } from './supervision/supervision.ts';

/** What an organisation's grants are counted in. */
export type GrantResource = 'standalone' | 'cluster-server' | 'cluster-yarn';

/**
 * A running mode: everything that is different from one way of running a pipeline to another. Nothing outside this
 * package asks which mode a run has; it asks the run's mode. One exists for every mode on every instance of the
 * service, also where the mode is not set up (`launcher` is absent then), since its runs may still be looked at.
 */
export interface Mode {
  /** Its number in the EnOS API (contract A.13), under which runs are stored. */
  readonly executionMode: number;
  /** For people. */
  readonly title: string;
  /** What the EnOS API calls its resources in messages. */
  readonly family: string;
  /** Whether it runs every source, or only those that can be cut into ranges of offsets. */
  readonly runsEverySource: boolean;
  /** Grants its runs take from, in the order in which they are checked. */
  readonly grants: readonly GrantResource[];
  reservation(resources: ResourceConfig): Reservation;
  /** Can there be such a run here? Depends on settings and on the machines, not on what is free now. */
  admit(resources: ResourceConfig, body: JsonValue): Promise<Admission>;
  /** A worker of these resources; undefined where there can be none, which `admit` says. */
  workerSize(resources: ResourceConfig): WorkerSize | undefined;
  /** The part of a run specification that says where and how large. Errors: `CONTAINER_TOO_SMALL`. */
  place(run: { readonly resources: ResourceConfig; readonly supervision: Supervision }, token: string): Placement;

  /** Absent where the mode is not set up on this instance. */
  readonly launcher?: Launcher;
  /** Evidence of a launch where there is no launcher. */
  unseen(launch: object): object;
  decide: Decide<ModeRunView>;
  /** Forgets the launch and what was noted of it, without calling its end a failure. */
  released(supervision: Supervision): Supervision;
  /** What to store of a launch that failed after it was written down; undefined: it certainly came to nothing. */
  afterFailedLaunch(
    supervision: Supervision,
    failure: NonNullable<Supervision['lastFailure']>,
  ): Supervision | undefined;
  hasEnded(evidence: object): boolean;
  /** There is nobody who could be told to finish. */
  cannotFinish(evidence: object): boolean;
  patience(policy: SupervisionPolicy): Patience;
  /** Whether what runs are started on answers: rejects with why not. Absent where that is nothing but this machine. */
  readonly reach?: { readonly name: string; check(): Promise<void> };
  /** Ends what belongs to none of these launches (their tags). Absent where there can be none. */
  killUnknown?(knownTags: ReadonlySet<string>): Promise<void>;

  /** Whether a heartbeat comes from the current launch, and not from an older worker of the same run. */
  belongs(heartbeat: Heartbeat, supervision: Supervision): boolean;
  /** Whether a later attempt of the same launch has spoken since. */
  isOutdated(heartbeat: Heartbeat, before: Heartbeat | undefined): boolean;
  /**
   * Whether a start has come so far that it only waits for what it was promised, or works: a worker has spoken, or YARN
   * has the application. Other starts of the organisation need not wait for it any longer. `heartbeat`: of this launch.
   */
  isUnderWay(supervision: Supervision, heartbeat: Heartbeat | undefined): boolean;
  /** What the answer to a heartbeat says is wanted. */
  wish(desired: DesiredRun, supervision: Supervision): HeartbeatReply['desired'];

  /** What people see of the run's whereabouts beside what every worker reports. */
  view(supervision: Supervision, heartbeat: Heartbeat | undefined): ModeView;
  /** What bears out the state of a run that is under way. */
  bearing(sight: Sight): { readonly ageMs: number; readonly source: 'heartbeat' | 'process' | 'yarn' };
  /** Columns by which a run is found by people and by other instances. */
  traces(supervision: Supervision): Traces;
  /** Events that a change of the notice is worth. */
  noticeEvents(before: Notice | undefined, next: Notice | undefined): readonly NoticeEvent[];
  readonly logs: ModeLogs;
  /** What the administrator should know of an instance that is reached at this address. */
  advice(url: string): string | undefined;
}

export interface ModeRunView extends RunView {
  readonly resources: ResourceConfig;
}

export interface Admission {
  /** With JSON Pointers into the body of the start request. */
  readonly issues: readonly Issue[];
  /** Set where the request is sound and still can never be met. */
  readonly objection?: string;
}

/** Threads and memory of one worker, of which a run in Cluster Mode has several. */
export type WorkerSize = Pick<RunSpec, 'threads' | 'memoryMb'>;

export type Placement = Pick<RunSpec, 'threads' | 'memoryMb' | 'control' | 'cluster' | 'protocol' | 'launchId'>;

/** Waiting for the end of a launch that was asked to finish, in ms. */
export interface Patience {
  readonly finishMs: number;
  readonly betweenLooksMs: number;
}

/** The last heartbeat, if it is of the current launch, and when the supervisor last looked; all times in Unix ms. */
export interface Sight {
  readonly supervision: Supervision;
  readonly heard?: { readonly at: number; readonly heartbeat: Heartbeat };
  readonly lookedAt: number;
  readonly now: number;
}

export interface Traces {
  readonly launchTag: string | null;
  readonly applicationId: string | null;
  readonly workerPid: number | null;
  readonly workerHost: string | null;
}

export interface NoticeEvent extends Notice {
  readonly severity: 'info' | 'warning';
}

/** An application of a cluster as people see it; null where it is not there or not known. */
export interface ShownApplication {
  readonly applicationId: string;
  readonly state: string;
  readonly finalStatus: string;
  readonly diagnostics: string;
  readonly attempts: number;
  readonly queue: string;
  readonly trackingUrl: string;
  readonly waiting: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly memoryMb: number;
  readonly vcores: number;
  readonly containers: number;
}

export interface ModeView {
  readonly application: ShownApplication | null;
  readonly executors: ClusterReport['executors'];
  readonly batches: ClusterReport['batches'] | null;
  readonly backPressureRate: number | null;
}

/** Where a mode has logs of a run beyond those in the run's folder on the service's own disk. */
export interface ModeLogs {
  list(run: LoggedRun): Promise<{ readonly files: readonly LogFile[]; readonly troubles: readonly string[] }>;
  /** The end of a log; undefined: there is no such log. Errors: those of asking the cluster. */
  read(run: LoggedRun, logId: string, tailBytes: number): Promise<LogText | undefined>;
  /** Keeps the ends of the logs of a run that is over; says what is missing. */
  keep(run: LoggedRun): Promise<readonly string[]>;
}

export interface LoggedRun {
  readonly runId: string;
  readonly supervision: Supervision;
  readonly isOver: boolean;
  /** Host of the worker that was last heard of. */
  readonly workerHost: string | null;
}

export interface LogFile {
  readonly logId: string;
  readonly role: 'worker' | 'submit' | 'driver' | 'executor';
  readonly file: string;
  /** Of the application; null for what is not of a container. */
  readonly attempt: number | null;
  readonly executorId: string | null;
  readonly containerId: string | null;
  readonly bytes: number | null;
  /** `service`: on the service's own disk; `node`: at a NodeManager. */
  readonly source: 'service' | 'node';
}

export interface LogText {
  readonly text: string;
  /** Of the whole file, where known. */
  readonly bytes: number | null;
}

/** What the service lends to its modes. */
export interface ModeContext {
  readonly dataDir: string;
  readonly host: string;
  readonly installation: string;
  readonly cu: { readonly memoryMb: number; readonly threads: number };
  readonly clock: { now(): number };
  readonly log: { warn(facts: object, message: string): void };
  /** The worker's program file, as it is to be launched now. */
  readonly workerMain: () => Promise<string>;
  /** The file in which workers look up where the service is. */
  readonly endpointsFile: string;
  /** Where this instance is reached. */
  readonly ownUrl: () => string;
  /** What a run was granted. */
  readonly resourcesOf: (runId: string) => Promise<ResourceConfig>;
  /** Something has come to its end, so that nobody has to wait for the next look. */
  readonly onChange: () => void;
}
