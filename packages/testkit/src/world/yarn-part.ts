import { buildDriverJar, type LocalYarn, type LocalYarnOptions, resolveSparkJars, startLocalYarn } from '@penstock/dev';

/** A real YARN with two nodes, and the settings by which a service has Cluster Mode on it. */
export interface YarnPart {
  readonly yarn: LocalYarn;
  readonly env: Readonly<Record<string, string>>;
}

export const startYarnPart = async (options: LocalYarnOptions): Promise<YarnPart> => {
  const [sparkJars, driverJar] = await Promise.all([
    resolveSparkJars(options.onProgress),
    buildDriverJar(options.onProgress),
  ]);
  const yarn = await startLocalYarn(options);
  return {
    yarn,
    env: {
      HADOOP_CONF_DIR: yarn.confDir,
      PENSTOCK_SPARK_JARS: sparkJars,
      PENSTOCK_SPARK_DRIVER_JAR: driverJar,
      PENSTOCK_SPARK_ON_NODES: 'true',
    },
  };
};
