import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createModes, type Modes } from '@penstock/modes';
import { readResources } from '../runs/run-store.ts';
import { readInstallation } from '../store/installation.ts';
import type { Foundation } from './foundation.ts';

const WORKER_FOLDER = fileURLToPath(new URL('../../../worker/src/', import.meta.url));
/** Programs of the worker are named as this file is: TypeScript in the source tree, JavaScript in an installed package. */
const workerProgram = (name: string): string => join(WORKER_FOLDER, `${name}${extname(import.meta.url)}`);

export const WORKER_MAIN = workerProgram('main');
export const PREVIEW_MAIN = workerProgram('preview/preview-main');

/** Where pipelines can run, with what this instance lends to each mode. Errors: those of the cluster's configuration. */
export const openModes = async (foundation: Foundation, workerMain?: string): Promise<Modes> => {
  const { settings, store, host, clock, logger, endpoint, wakeUp } = foundation;
  return createModes({
    dataDir: settings.dataDir,
    host,
    installation: await readInstallation(store.db),
    cu: settings.cu,
    clock,
    log: logger.child({ part: 'modes' }),
    workerMain: workerMain ?? WORKER_MAIN,
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
