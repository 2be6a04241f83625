import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@penstock/model';
import { buildDriverJar } from '../java/driver-jar.ts';
import { resolveJars, resolveSparkJars } from '../java/jars.ts';
import { type LocalYarn, startLocalYarn, stopLeftoverYarn, YARN_POM_FOLDER } from '../yarn/local-yarn.ts';

/** What Cluster Mode needs of its surroundings, as `npm start -- --cluster` sets it up. */
export interface ClusterParts {
  /** Environment variables of the service. */
  readonly env: Readonly<Record<string, string>>;
  /** For people: the ResourceManager's web page, or which cluster it is. */
  readonly where: string;
}

/** A cluster that is there already; undefined where a local one is to be started. */
export const existingCluster = (env: NodeJS.ProcessEnv): string | undefined => env.HADOOP_CONF_DIR?.trim() || undefined;

/** Spark's jars and the driver, fetched and built where they are not there yet; what the environment names is taken. */
export const clusterPrograms = async (
  env: NodeJS.ProcessEnv,
  onProgress: (line: string) => void,
): Promise<Record<string, string>> => ({
  PENSTOCK_SPARK_JARS: env.PENSTOCK_SPARK_JARS?.trim() || (await resolveSparkJars(onProgress)),
  PENSTOCK_SPARK_DRIVER_JAR: env.PENSTOCK_SPARK_DRIVER_JAR?.trim() || (await buildDriverJar(onProgress)),
});

const yarnFolder = (dataDir: string): string => join(dataDir, 'yarn');

/** Ends a YARN that a killed start left behind, also where none is wanted now. */
export const stopYarnLeftIn = async (dataDir: string, onProgress: (line: string) => void): Promise<void> => {
  if (existsSync(yarnFolder(dataDir))) await stopLeftoverYarn(yarnFolder(dataDir), onProgress);
};

/** Fetched before anything is started, so that nothing waits half way. */
export const fetchYarn = async (onProgress: (line: string) => void): Promise<void> => {
  await resolveJars(YARN_POM_FOLDER, onProgress);
};

/** A YARN of this machine; what dies of it is started again. */
export const startYarn = (
  dataDir: string,
  shutdown: { readonly hasBegun: boolean },
  onProgress: (line: string) => void,
): Promise<LocalYarn> =>
  startLocalYarn({
    dir: yarnFolder(dataDir),
    onProgress,
    onUnexpectedExit: (died) => {
      if (shutdown.hasBegun) return;
      onProgress(`${died.name} ended; starting it again`);
      died.start().catch((error: unknown) => onProgress(messageOf(error)));
    },
  });

export const clusterOf = (yarn: LocalYarn, programs: Readonly<Record<string, string>>): ClusterParts => ({
  // Spark's jars are at the same path on every node of a local cluster: they need no upload.
  env: { ...programs, HADOOP_CONF_DIR: yarn.confDir, PENSTOCK_SPARK_ON_NODES: 'true' },
  where: yarn.resourceManagerUrl,
});
