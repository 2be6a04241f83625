import type { RunFailure } from '@penstock/model';
import { type TSchema, Type } from 'typebox';
import type { RunView } from '../supervision/decision.ts';
import { readChecked } from '../supervision/read-checked.ts';
import { released, type Supervision } from '../supervision/supervision.ts';

/** One attempt to have an application, as stored with the run. JSON. */
export interface YarnLaunch {
  readonly launchId: string;
  readonly kind: 'cluster';
  /** Host of the instance that submits. */
  readonly host: string;
  /** The place that can see its process, as `placeOf` names it; absent in launches of the first edition. */
  readonly place?: string;
  /** Unix ms. */
  readonly at: number;
  readonly specFile?: string;
  readonly logFile?: string;
  /** The file in which drivers look up where the service is. */
  readonly endpointsFile?: string;
  /** Of the submitting program. */
  readonly pid?: number;
  readonly processStartedAt?: string;
  /** The tag the application is found by. */
  readonly tag?: string;
  /** Known once YARN has accepted it. */
  readonly applicationId?: string;
}

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

const OVER: ReadonlySet<string> = new Set(['FINISHED', 'FAILED', 'KILLED']);

export const isOver = (view: ApplicationView): boolean => OVER.has(view.state);

export type YarnEvidence =
  /** Nothing was submitted, or, with `failure`, the submitting program ended without YARN having got an application. */
  | { readonly kind: 'never-started'; readonly failure?: RunFailure }
  /** The submitting program is at work, or may be. */
  | { readonly kind: 'submitting' }
  /** YARN knows the application, alive or ended. */
  | { readonly kind: 'application'; readonly application: ApplicationView }
  /** The ResourceManager cannot be asked; nothing is known for or against the application. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** The ResourceManager answers, and no longer knows an application it had accepted. */
  | { readonly kind: 'lost'; readonly applicationId: string };

/** What is remembered of a run of Cluster Mode beyond what every mode remembers. */
export interface YarnSupervision extends Supervision {
  readonly launch?: YarnLaunch;
  /** Why submitting failed, as far as this service saw. Whether there is an application YARN knows. */
  readonly submission?: RunFailure;
  /**
   * The application as it was last seen, kept after its end for whoever asks; `since`: when it was first seen in this
   * state and attempt (Unix ms); `drivers`: the last attempt that has had a container for its driver. Once it is
   * there, no other application is launched for this run, unless it was the service itself that asked it to end
   * (`asked` without `because`, while `run` is desired).
   */
  readonly application?: { readonly view: ApplicationView; readonly since: number; readonly drivers: number };
  /** Executors heard of, latest last, so that their logs are found. At most `MAX_CONTAINERS`. */
  readonly containers?: readonly KnownContainer[];
}

export interface KnownContainer {
  readonly containerId: string;
  readonly executorId: string;
  readonly host: string;
}

export const MAX_CONTAINERS = 200;

export interface YarnRunView extends RunView<YarnSupervision> {
  /** Executors asked for. */
  readonly executors?: number;
}

/** Forgets the launch and what was noted of it; the application stays. */
export const releasedYarn = (supervision: YarnSupervision): YarnSupervision => {
  const { submission: _submission, ...kept } = supervision;
  return released(kept);
};

const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
const text = optional(Type.String());
const number = Type.Number();

const launch = Type.Object({
  launchId: Type.String(),
  kind: Type.Literal('cluster'),
  host: Type.String(),
  place: Type.Optional(Type.String()),
  at: number,
  specFile: text,
  logFile: text,
  endpointsFile: text,
  pid: optional(number),
  processStartedAt: text,
  tag: text,
  applicationId: text,
});

const view = Type.Object({
  applicationId: Type.String(),
  state: Type.String(),
  finalStatus: Type.String(),
  diagnostics: Type.String(),
  queue: Type.String(),
  attempts: number,
  trackingUrl: Type.String(),
  startedAt: number,
  finishedAt: number,
  memoryMb: number,
  vcores: number,
  containers: number,
  waiting: text,
});

const failure = Type.Object({ code: Type.String(), message: Type.String(), retryable: Type.Boolean() });

const evidence = Type.Union([
  Type.Object({ kind: Type.Literal('never-started'), failure: optional(failure) }),
  Type.Object({ kind: Type.Literal('submitting') }),
  Type.Object({ kind: Type.Literal('application'), application: view }),
  Type.Object({ kind: Type.Literal('unreachable'), message: Type.String() }),
  Type.Object({ kind: Type.Literal('lost'), applicationId: Type.String() }),
]);

const supervision = Type.Object({
  launch: optional(launch),
  submission: optional(failure),
  application: optional(Type.Object({ view, since: number, drivers: number })),
  startup: optional(Type.Object({ attempt: optional(number), since: number, progress: optional(number) })),
  containers: optional(
    Type.Array(Type.Object({ containerId: Type.String(), executorId: Type.String(), host: Type.String() })),
  ),
});

const checkLaunch = readChecked(launch, 'launch of Cluster Mode');
const checkEvidence = readChecked(evidence, 'evidence of Cluster Mode');
const checkSupervision = readChecked(supervision, 'supervision of a run of Cluster Mode');

export const readLaunch = (record: unknown): YarnLaunch => checkLaunch(record);
export const readEvidence = (seen: unknown): YarnEvidence => checkEvidence(seen);
export const readSupervision = (stored: Supervision): YarnSupervision => checkSupervision(stored);
