import type { ClusterMode } from '../create-yarn.ts';
import { runHadoop } from '../hadoop/java-program.ts';
import type { YarnSettings } from '../yarn-settings.ts';
import { AggregatedLogs, type RunLogsProgram } from './aggregated-logs.ts';
import { NodeManagerLogs } from './node-manager-logs.ts';
import { ClusterLogs } from './yarn-logs.ts';

/** Logs of the applications of a configured cluster. */
export const createClusterLogs = (
  { resourceManager, web }: Pick<ClusterMode, 'resourceManager' | 'web'>,
  settings: YarnSettings,
): ClusterLogs =>
  new ClusterLogs({
    directory: resourceManager,
    nodes: new NodeManagerLogs({ user: web.user }),
    aggregated: new AggregatedLogs(programOf(settings)),
    scheme: web.scheme,
  });

/** The driver's jar is put before the folder with Spark's, which ends the class path. */
export const programOf = (settings: YarnSettings): RunLogsProgram => {
  const { driverJar, sparkJars } = settings;
  const withDriver = { ...settings, sparkJars: `${driverJar}:${sparkJars}` };
  return (mainClass, args, timeoutMs) => runHadoop(withDriver, mainClass, args, timeoutMs);
};
