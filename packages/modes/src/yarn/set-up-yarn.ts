import { userInfo } from 'node:os';
import { join } from 'node:path';
import { AppError, type ClusterResources, type CuSize, clusterSizing, type JsonObject } from '@penstock/model';
import { ApplicationEnder } from './end-application.ts';
import {
  type HadoopConfiguration,
  readHadoopConfiguration,
  resourceManagerUrls,
} from './hadoop/hadoop-configuration.ts';
import { whyNeverFits } from './resource-manager/cluster-fit.ts';
import { ResourceManager } from './resource-manager/resource-manager.ts';
import { Staging } from './staging/staging.ts';
import { HadoopFiles, localFiles } from './staging/staging-files.ts';
import { type ShippedArchives, Submitter } from './submit/submitter.ts';
import { YarnLauncher } from './yarn-launcher.ts';
import type { YarnSettings } from './yarn-settings.ts';

export interface YarnOptions {
  readonly settings: YarnSettings;
  readonly dataDir: string;
  readonly host: string;
  readonly installation: string;
  readonly cu: CuSize;
  /** The worker's program and its runtime, packed; called at each launch, so it has to be quick when nothing is new. */
  readonly archives: (cacheDir: string, document: JsonObject) => Promise<ShippedArchives>;
  readonly resourcesOf: (runId: string) => Promise<ClusterResources>;
  readonly ownUrl: () => string;
  readonly onSubmitted?: () => void;
  readonly clock: { now(): number };
  readonly log: { warn(facts: object, message: string): void };
}

/** What the service has where a YARN cluster is configured. */
export interface YarnSetUp {
  readonly launcher: YarnLauncher;
  readonly resourceManager: ResourceManager;
  /** Who the service says it is to the web services of the cluster, and how those are spoken to. */
  readonly web: { readonly user: string; readonly scheme: 'http' | 'https' };
  /** The cluster consists of this machine alone. */
  readonly isLoopback: boolean;
  /** Why the cluster could never run this, even if it were empty. An unreachable cluster raises no objection. */
  whyNeverFits(resources: ClusterResources): Promise<string | undefined>;
}

/** Looking at a file through Hadoop costs a second of a core, so it is done less often than for local files. */
const ANNOUNCE_LOCAL_MS = 30_000;
const ANNOUNCE_REMOTE_MS = 600_000;

/** Puts Cluster Mode together. Errors: `HADOOP_CONFIGURATION_INVALID`, `SETTINGS_INVALID`. */
export const setUpYarn = (options: YarnOptions): YarnSetUp => {
  const { settings, dataDir, host, installation, cu, clock, log, ownUrl } = options;
  const configuration = readHadoopConfiguration(settings.hadoopConfDir);
  const urls = settings.resourceManagerUrls ?? resourceManagerUrls(configuration);
  const user = hadoopUser(settings);
  const resourceManager = new ResourceManager({ urls, user });
  const isLoopback = urls.every((url) => /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname));
  const cacheDir = join(dataDir, 'cluster');
  const stagingUri = settings.stagingDir ?? defaultStaging(configuration, cacheDir, user);
  const isLocal = stagingUri.startsWith('file:');
  const staging = new Staging(stagingUri, isLocal ? localFiles : new HadoopFiles(settings), installation);
  checkPath('PENSTOCK_DATA', dataDir);
  const submitter = new Submitter({
    settings,
    staging,
    installation,
    dataDir,
    cacheDir,
    cu,
    isLoopback,
    archives: (document) => options.archives(cacheDir, document),
    resourcesOf: options.resourcesOf,
    clock,
  });
  const ender = new ApplicationEnder({ settings, installation, resourceManager, staging, log });
  const launcher = new YarnLauncher({
    dataDir,
    host,
    installation,
    resourceManager,
    staging,
    submitter,
    ender,
    ownUrl,
    announceEveryMs: isLocal ? ANNOUNCE_LOCAL_MS : ANNOUNCE_REMOTE_MS,
    clock,
    log,
    ...(options.onSubmitted === undefined ? {} : { onSubmitted: options.onSubmitted }),
  });
  const countsCores =
    configuration.get('yarn.scheduler.capacity.resource-calculator')?.endsWith('.DominantResourceCalculator') === true;
  return {
    launcher,
    resourceManager,
    web: { user, scheme: urls.some((url) => url.startsWith('https:')) ? 'https' : 'http' },
    isLoopback,
    whyNeverFits: async (resources) => {
      const { value: sizing } = clusterSizing(resources, cu);
      if (sizing === undefined) return undefined;
      try {
        const [nodes, scheduler] = await Promise.all([resourceManager.nodes(), resourceManager.scheduler()]);
        return whyNeverFits(sizing, { nodes, scheduler, queue: settings.queue, countsCores });
      } catch (error) {
        if (error instanceof AppError) return undefined; // whether it fits shows when the cluster answers
        throw error;
      }
    },
  };
};

/** Who Hadoop takes us for. */
const hadoopUser = ({ kerberos }: YarnSettings): string =>
  kerberos?.principal.split(/[/@]/)[0] ?? process.env.HADOOP_USER_NAME ?? userInfo().username;

const defaultStaging = (configuration: HadoopConfiguration, cacheDir: string, user: string): string => {
  const defaultFs = configuration.get('fs.defaultFS') ?? 'file:///';
  return defaultFs.startsWith('file:')
    ? `file://${join(cacheDir, 'staging')}`
    : `${defaultFs.replace(/\/+$/, '')}/user/${user}/penstock`;
};

/** Spark takes paths as URIs in lists with commas. */
const checkPath = (name: string, path: string): void => {
  if (/[\s,#?%*]/.test(path))
    throw new AppError(
      'SETTINGS_INVALID',
      `${name} is "${path}"; for Cluster Mode it must be without blanks and , # ? % *.`,
      { domain: 'user' },
    );
};
