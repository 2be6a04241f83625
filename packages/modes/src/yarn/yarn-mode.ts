import {
  AppError,
  type ClusterResources,
  clusterSizing,
  type JsonObject,
  PROTOCOL_VERSION,
  type ResourceConfig,
} from '@penstock/model';
import type { Mode, ModeContext } from '../mode.ts';
import { opaque } from '../supervision/launcher.ts';
import { decideYarn } from './decide/decide-yarn.ts';
import { createYarnLogs } from './logs/create-yarn-logs.ts';
import { YarnRunLogs } from './logs/yarn-run-logs.ts';
import { setUpYarn, type YarnSetUp } from './set-up-yarn.ts';
import type { ShippedArchives } from './submit/submitter.ts';
import { admitToYarn } from './yarn-admission.ts';
import {
  isOver,
  readEvidence,
  readLaunch,
  readSupervision,
  releasedYarn,
  type YarnEvidence,
  type YarnSupervision,
} from './yarn-records.ts';
import type { YarnSettings } from './yarn-settings.ts';
import { bearingOf, isOfOlderAttempt, noticeEvents, shownRun, tracesOf } from './yarn-view.ts';

/** What the service lends to this mode alone. */
export interface YarnContext {
  /** Absent where no cluster is configured. */
  readonly cluster?: YarnSettings | undefined;
  /** The worker's program and its runtime, packed; called at each launch, so it has to be quick when nothing is new. */
  readonly archives: (cacheDir: string, document: JsonObject) => Promise<ShippedArchives>;
}

const LOOK_MS = 500;
const milli = (cu: number): number => Math.round(cu * 1000);

/** Each pipeline is a Spark application on a YARN cluster: Cluster Mode. Errors: those of the cluster's configuration. */
export const createYarnMode = (context: ModeContext & YarnContext): Mode => {
  const setUp = context.cluster === undefined ? undefined : setUpFor(context, context.cluster);
  const logs =
    setUp === undefined || context.cluster === undefined ? undefined : createYarnLogs(setUp, context.cluster);
  return {
    executionMode: 1,
    title: 'Cluster Mode',
    family: 'Cluster',
    runsEverySource: false,
    grants: ['cluster-server', 'cluster-yarn'],
    reservation: (resources) => {
      const { server, yarn } = own(resources);
      const yarnMilli = milli(yarn.master) + yarn.workerCount * milli(yarn.slave);
      return { standaloneMilli: 0, serverMilli: milli(server), yarnMilli };
    },
    admit: (resources, body) => admitToYarn(setUp, context.cu, own(resources), body),
    workerSize: (resources) => {
      const { value } = clusterSizing(own(resources), context.cu);
      return value === undefined ? undefined : { threads: value.executor.cores, memoryMb: value.workerMemoryMb };
    },
    place: ({ resources, supervision }, token) => {
      const { value: sizing, issues } = clusterSizing(own(resources), context.cu);
      // Was checked at the start; the size of a CU may have been changed since.
      if (sizing === undefined)
        throw new AppError('CONTAINER_TOO_SMALL', issues.map(({ message }) => message).join(' '), { domain: 'user' });
      const { tag, endpointsFile = context.endpointsFile } = readSupervision(supervision).launch ?? {};
      if (tag === undefined) throw new Error('there is no launch to specify');
      return {
        protocol: PROTOCOL_VERSION,
        // Those of the worker in each executor.
        threads: sizing.executor.cores,
        memoryMb: sizing.workerMemoryMb,
        // Drivers get the address with their spec, and need no file at first.
        control: { endpointsFile, token, urls: [context.ownUrl()] },
        cluster: { tag, executors: sizing.executors },
      };
    },
    ...(setUp === undefined
      ? {}
      : {
          launcher: opaque(setUp.launcher, readLaunch),
          killUnknown: (tags: ReadonlySet<string>) => setUp.launcher.killUnknown(tags),
          reach: { name: 'yarn', check: async () => void (await setUp.resourceManager.metrics()) },
        }),
    unseen: () => NOT_SET_UP,
    decide: (run, { process, ...evidence }, now, policy) =>
      decideYarn(
        { ...run, supervision: readSupervision(run.supervision), executors: own(run.resources).yarn.workerCount },
        process === undefined ? evidence : { ...evidence, process: readEvidence(process) },
        now,
        policy,
      ),
    released: (supervision) => releasedYarn(readSupervision(supervision)),
    // YARN may have got the application all the same: only what it says settles whether there is one.
    afterFailedLaunch: (supervision, submission): YarnSupervision => ({ ...readSupervision(supervision), submission }),
    hasEnded: (evidence) => hasEnded(readEvidence(evidence)),
    // An application that waits for its driver has nobody to tell.
    cannotFinish: (evidence) => {
      const seen = readEvidence(evidence);
      return seen.kind === 'application' && seen.application.state !== 'RUNNING';
    },
    patience: ({ cluster }) => ({ finishMs: cluster.killAfterMs, betweenLooksMs: LOOK_MS }),
    isUnderWay: (supervision) => readSupervision(supervision).launch?.applicationId !== undefined,
    // By its tag, whichever attempt of the application is heard.
    belongs: ({ cluster }, supervision) => {
      const { launch } = readSupervision(supervision);
      return launch?.tag !== undefined && cluster?.tag === launch.tag;
    },
    isOutdated: isOfOlderAttempt,
    wish: (desired, { launch, asked }) => {
      if (asked?.kill !== undefined) return 'exit';
      // Nobody can signal a driver: it is told this way that the service itself wants it to finish.
      return launch !== undefined && asked?.graceful !== undefined && desired === 'run' ? 'pause' : desired;
    },
    view: (supervision, heartbeat) => shownRun(readSupervision(supervision), heartbeat),
    bearing: (sight) => bearingOf(readSupervision(sight.supervision), sight),
    traces: (supervision) => tracesOf(readSupervision(supervision)),
    noticeEvents,
    logs: new YarnRunLogs(context.dataDir, logs),
    advice: (url) =>
      setUp?.isLoopback === false && isLoopbackUrl(url)
        ? 'drivers on other machines cannot reach this instance: set PENSTOCK_PUBLIC_URL'
        : undefined,
  };
};

const NOT_SET_UP: YarnEvidence = {
  kind: 'unreachable',
  message: 'Cluster Mode is not set up on this service instance (HADOOP_CONF_DIR).',
};

const setUpFor = (context: ModeContext & YarnContext, settings: YarnSettings): YarnSetUp =>
  setUpYarn({
    settings,
    dataDir: context.dataDir,
    host: context.host,
    installation: context.installation,
    cu: context.cu,
    archives: context.archives,
    resourcesOf: async (runId) => own(await context.resourcesOf(runId)),
    ownUrl: context.ownUrl,
    onSubmitted: context.onChange,
    clock: context.clock,
    log: context.log,
  });

const hasEnded = (seen: YarnEvidence): boolean =>
  seen.kind === 'never-started' || seen.kind === 'lost' || (seen.kind === 'application' && isOver(seen.application));

const isLoopbackUrl = (url: string): boolean => /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);

const own = (resources: ResourceConfig): ClusterResources => {
  if (resources.mode === 'cluster') return resources;
  throw new Error(`resources of "${resources.mode}" are not those of Cluster Mode`);
};
