import type { ClusterResources } from '@penstock/model';
import { createModes, type Launcher, type Mode, Modes } from '@penstock/modes';
import {
  admitToYarn,
  opaque,
  type StandaloneEvidence,
  type StandaloneLaunch,
  type YarnEvidence,
  type YarnLaunch,
  type YarnLogs,
  YarnRunLogs,
} from '@penstock/modes/testing';

export interface TestModesOptions {
  readonly dataDir?: string;
  readonly standalone?: Launcher<StandaloneLaunch, StandaloneEvidence>;
  /** Sets Cluster Mode up, with a cluster of the test. */
  readonly cluster?: Launcher<YarnLaunch, YarnEvidence>;
  readonly killUnknown?: (tags: ReadonlySet<string>) => Promise<void>;
  readonly whyNeverFits?: (resources: ClusterResources) => Promise<string | undefined>;
  readonly clusterLogs?: YarnLogs;
}

const CU = { memoryMb: 2048, threads: 1 };

/** The modes as they are, on machines of a test. */
export const createTestModes = (options: TestModesOptions = {}): Modes => {
  const dataDir = options.dataDir ?? '/nowhere';
  const real = createModes({
    dataDir,
    host: 'here',
    installation: 'installation',
    cu: CU,
    clock: { now: () => 0 },
    log: { warn: () => undefined },
    workerMain: async () => '/nowhere',
    endpointsFile: '/nowhere',
    ownUrl: () => 'http://here',
    resourcesOf: async (runId) => {
      throw new Error(`${runId} is on no cluster`);
    },
    onChange: () => undefined,
    archives: async () => {
      throw new Error('nothing is packed in this test');
    },
  });
  return new Modes(
    real.all.map((mode) => (mode.executionMode === 0 ? standalone(mode, options) : yarn(mode, options))),
  );
};

const standalone = (mode: Mode, { standalone: launcher }: TestModesOptions): Mode =>
  launcher === undefined ? mode : { ...mode, launcher: opaque(launcher, (record) => record as StandaloneLaunch) };

const yarn = (mode: Mode, options: TestModesOptions): Mode => {
  const { cluster, killUnknown, whyNeverFits, clusterLogs, dataDir = '/nowhere' } = options;
  const isSetUp = cluster !== undefined || whyNeverFits !== undefined;
  const setUp = { whyNeverFits: whyNeverFits ?? (async () => undefined) };
  return {
    ...mode,
    ...(isSetUp ? { admit: (resources, body) => admitToYarn(setUp, CU, resources as ClusterResources, body) } : {}),
    ...(cluster === undefined ? {} : { launcher: opaque(cluster, (record) => record as YarnLaunch) }),
    ...(killUnknown === undefined ? {} : { killUnknown }),
    logs: new YarnRunLogs(dataDir, clusterLogs),
  };
};
