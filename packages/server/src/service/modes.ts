import { createModes, type Modes } from '@penstock/modes';
import { readResources } from '../runs/run-store.ts';
import { readInstallation } from '../store/installation.ts';
import type { Foundation } from './foundation.ts';

/** Where pipelines can run, with what this instance lends to each mode. Errors: those of the cluster's configuration. */
export const openModes = async (foundation: Foundation, workerMain: () => Promise<string>): Promise<Modes> => {
  const { settings, store, host, clock, logger, endpoint, wakeUp } = foundation;
  return createModes({
    dataDir: settings.dataDir,
    host,
    installation: await readInstallation(store.db),
    cu: settings.cu,
    clock,
    log: logger.child({ part: 'modes' }),
    workerMain,
    endpointsFile: endpoint.file,
    ownUrl: endpoint.url,
    resourcesOf: (runId) => readResources(store.db, runId),
    onChange: wakeUp.ring,
    cluster: settings.cluster,
    archives: async (cacheDir, document) => {
      // Loaded when the first run goes to the cluster: it brings a bundler.
      const { buildArchives } = await import('@penstock/worker/archives');
      return { ...(await buildArchives({ cacheDir, document, onProgress: (message) => logger.info(message) })) };
    },
  });
};
