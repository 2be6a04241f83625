import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launcher } from '@penstock/modes';
import { type ClusterMode, createClusterMode, StandaloneLauncher } from '@penstock/modes';
import { readClusterResources } from '../runs/run-store.ts';
import { readInstallation } from '../store/installation.ts';
import type { Foundation } from './foundation.ts';

export const WORKER_FOLDER = fileURLToPath(new URL('../../../worker/src/', import.meta.url));

export interface Launchers {
  readonly of: (executionMode: number) => Launcher | undefined;
  /** Absent where no cluster is configured. */
  readonly clusterMode?: ClusterMode;
}

/** What starts and ends workers, by mode. Errors: those of the cluster's configuration. */
export const createLaunchers = async (foundation: Foundation, workerMain?: string): Promise<Launchers> => {
  const { settings, host, endpoint, wakeUp } = foundation;
  const standalone = new StandaloneLauncher({
    dataDir: settings.dataDir,
    host,
    workerMain: workerMain ?? join(WORKER_FOLDER, 'main.ts'),
    endpointsFile: endpoint.file,
    ownUrl: endpoint.url,
    onExit: wakeUp.ring,
  });
  const clusterMode = await createCluster(foundation);
  return {
    of: (executionMode) => (executionMode === 0 ? standalone : clusterMode?.launcher),
    ...(clusterMode === undefined ? {} : { clusterMode }),
  };
};

const createCluster = async (foundation: Foundation): Promise<ClusterMode | undefined> => {
  const { settings, store, host, clock, logger, endpoint, wakeUp } = foundation;
  if (settings.cluster === undefined) return undefined;
  return createClusterMode({
    settings: settings.cluster,
    dataDir: settings.dataDir,
    host,
    installation: await readInstallation(store.db),
    cu: settings.cu,
    archives: async (cacheDir) => {
      // Loaded when the first run goes to the cluster: it brings a bundler.
      const { buildArchives } = await import('@penstock/worker/archives');
      return buildArchives({ cacheDir, onProgress: (message) => logger.info(message) });
    },
    resourcesOf: (runId) => readClusterResources(store.db, runId),
    ownUrl: endpoint.url,
    onSubmitted: wakeUp.ring,
    clock,
    log: logger.child({ part: 'cluster' }),
  });
};
