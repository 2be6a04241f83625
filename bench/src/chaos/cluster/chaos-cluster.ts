import { join } from 'node:path';
import type { LocalYarn } from '@penstock/dev';
import { startYarnPart } from '@penstock/testkit/world';
import { ProcessWatch } from './process-watch.ts';

/** A real YARN with two nodes, and an eye on every process that is started on it. */
export interface ChaosCluster {
  readonly yarn: LocalYarn;
  readonly watch: ProcessWatch;
  /** Settings by which the service has Cluster Mode. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** `dataDir`: the service's folder, by which the programs that submit for it are told from others. */
export const startChaosCluster = async (options: {
  readonly folder: string;
  readonly dataDir: string;
  readonly onProgress: (line: string) => void;
}): Promise<ChaosCluster> => {
  const { folder, dataDir, onProgress } = options;
  const dir = join(folder, 'yarn');
  const { yarn, env } = await startYarnPart({ dir, onProgress });
  const watch = new ProcessWatch({ yarnDir: dir, dataDir });
  return {
    yarn,
    watch,
    env,
    async stop() {
      watch.stop();
      await yarn.stop();
    },
  };
};
