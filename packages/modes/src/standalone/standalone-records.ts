import { type TSchema, Type } from 'typebox';
import { readChecked } from '../supervision/read-checked.ts';
import type { Supervision } from '../supervision/supervision.ts';

/** One attempt to have a worker process, as stored with the run. JSON. */
export interface StandaloneLaunch {
  readonly launchId: string;
  readonly kind: 'standalone';
  /** Host that can see the process. */
  readonly host: string;
  /** The place that can see its process, as `placeOf` names it; absent in launches of the first edition. */
  readonly place?: string;
  /** Unix ms. */
  readonly at: number;
  /** Names the process beyond doubt, as its last argument. */
  readonly specFile?: string;
  readonly logFile?: string;
  /** The file in which the worker looks up where the service is. */
  readonly endpointsFile?: string;
  readonly pid?: number;
  /** Opaque; with the pid it names one process for good. */
  readonly processStartedAt?: string;
  /** What the worker may take of the machine, MiB; absent in launches of the first edition, which are not held to it. */
  readonly memoryMb?: number;
}

const text = Type.Optional(Type.String());
const launch = Type.Object({
  launchId: Type.String(),
  kind: Type.Literal('standalone'),
  host: Type.String(),
  place: Type.Optional(Type.String()),
  at: Type.Number(),
  specFile: text,
  logFile: text,
  endpointsFile: text,
  pid: Type.Optional(Type.Number()),
  processStartedAt: text,
  memoryMb: Type.Optional(Type.Number()),
});

export type StandaloneEvidence =
  /** The launch never came to be: the instance that meant to do it ended before. */
  | { readonly kind: 'never-started' }
  | { readonly kind: 'alive'; readonly pid: number; readonly processStartedAt: string; readonly residentMb?: number }
  | { readonly kind: 'dead'; readonly exit?: ProcessExit }
  /** On a host that cannot be looked at from here. */
  | { readonly kind: 'out-of-sight'; readonly host: string };

/** How a process ended, where somebody saw it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const evidence = Type.Union([
  Type.Object({ kind: Type.Literal('never-started') }),
  Type.Object({
    kind: Type.Literal('alive'),
    pid: Type.Number(),
    processStartedAt: Type.String(),
    residentMb: Type.Optional(Type.Number()),
  }),
  Type.Object({
    kind: Type.Literal('dead'),
    exit: Type.Optional(Type.Object({ code: orNull(Type.Number()), signal: orNull(Type.String()) })),
  }),
  Type.Object({ kind: Type.Literal('out-of-sight'), host: Type.String() }),
]);

/** What is remembered of a run of Standalone Mode: nothing beyond what every mode remembers. */
export interface StandaloneSupervision extends Supervision {
  readonly launch?: StandaloneLaunch;
}

export const readLaunch = (record: unknown): StandaloneLaunch => checkLaunch(record);
export const readEvidence = (seen: unknown): StandaloneEvidence => checkEvidence(seen);
export const readSupervision = (stored: Supervision): StandaloneSupervision => checkSupervision(stored);

const checkLaunch = readChecked(launch, 'launch of Standalone Mode');
const checkEvidence = readChecked(evidence, 'evidence of Standalone Mode');
const checkSupervision = readChecked(
  Type.Object({ launch: Type.Optional(launch) }),
  'supervision of a run of Standalone Mode',
);
