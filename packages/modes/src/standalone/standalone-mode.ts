import { PROTOCOL_VERSION, type ResourceConfig, type StandaloneResources } from '@penstock/model';
import type { Mode, ModeContext, WorkerSize } from '../mode.ts';
import { opaque } from '../supervision/launcher.ts';
import { released } from '../supervision/supervision.ts';
import { waitingEvents } from '../supervision/waiting.ts';
import { belongsToProcess } from './belongs-to-process.ts';
import { decideStandalone } from './decide-standalone.ts';
import { StandaloneLauncher } from './standalone-launcher.ts';
import { readEvidence, readLaunch, readSupervision, type StandaloneEvidence } from './standalone-records.ts';

const LOOK_MS = 100;

/** Each pipeline is a process of this machine. */
export const createStandaloneMode = (context: ModeContext): Mode => {
  const { cu, endpointsFile } = context;
  const launcher = new StandaloneLauncher({
    dataDir: context.dataDir,
    host: context.host,
    workerMain: context.workerMain,
    endpointsFile,
    ownUrl: context.ownUrl,
    onExit: context.onChange,
  });
  const workerSize = (resources: ResourceConfig): WorkerSize => {
    const { server } = own(resources);
    return { threads: Math.max(1, Math.ceil(server * cu.threads)), memoryMb: Math.round(server * cu.memoryMb) };
  };
  return {
    executionMode: 0,
    title: 'Standalone Mode',
    family: 'Standalone',
    runsEverySource: true,
    grants: ['standalone'],
    reservation: (resources) => ({
      standaloneMilli: Math.round(own(resources).server * 1000),
      serverMilli: 0,
      yarnMilli: 0,
    }),
    admit: async () => ({ issues: [] }),
    workerSize,
    place: ({ resources, supervision }, token) => {
      const { launch } = readSupervision(supervision);
      return {
        protocol: PROTOCOL_VERSION,
        ...(launch === undefined ? {} : { launchId: launch.launchId }),
        ...workerSize(resources),
        control: { endpointsFile, token },
      };
    },
    launcher: opaque(launcher, readLaunch),
    unseen: (launch) => ({ kind: 'out-of-sight', host: readLaunch(launch).host }) satisfies StandaloneEvidence,
    decide: (run, { process, ...evidence }, now, policy) =>
      decideStandalone(
        { ...run, supervision: readSupervision(run.supervision) },
        process === undefined ? evidence : { ...evidence, process: readEvidence(process) },
        now,
        policy,
      ),
    released,
    afterFailedLaunch: () => undefined,
    hasEnded: (evidence) => ['dead', 'never-started'].includes(readEvidence(evidence).kind),
    cannotFinish: () => false,
    patience: ({ killAfterMs }) => ({ finishMs: killAfterMs, betweenLooksMs: LOOK_MS }),
    belongs: (heartbeat, supervision) => belongsToProcess(heartbeat, readSupervision(supervision).launch),
    isOutdated: () => false,
    // A worker that cannot be signalled from here is told this way that it is to be replaced.
    wish: (desired, { asked }) => (asked?.kill === undefined ? desired : 'exit'),
    view: () => ({ application: null, executors: [], batches: null, backPressureRate: null }),
    bearing: ({ heard, lookedAt, now }) => ({
      ageMs: Math.max(0, now - (heard?.at ?? lookedAt)),
      source: heard === undefined ? 'process' : 'heartbeat',
    }),
    traces: (supervision) => {
      const { launch } = readSupervision(supervision);
      return {
        launchTag: null,
        applicationId: null,
        workerPid: launch?.pid ?? null,
        workerHost: launch?.host ?? null,
      };
    },
    isUnderWay: (_supervision, heartbeat) => heartbeat !== undefined,
    noticeEvents: (before, next) => [
      ...waitingEvents(before, next),
      ...(next === undefined || next.code === before?.code ? [] : [{ ...next, severity: 'warning' as const }]),
    ],
    logs: {
      // Whoever looked after the run has its files.
      list: async ({ supervision, workerHost }) => {
        const host = readSupervision(supervision).launch?.host ?? workerHost ?? context.host;
        const where = `The worker of this run is on host "${host}"; its log is there, in the data folder of that instance.`;
        return { files: [], troubles: host === context.host ? [] : [where] };
      },
      read: async () => undefined,
      keep: async () => [],
    },
    advice: () => undefined,
  };
};

const own = (resources: ResourceConfig): StandaloneResources => {
  if (resources.mode === 'standalone') return resources;
  throw new Error(`resources of "${resources.mode}" are not those of Standalone Mode`);
};
