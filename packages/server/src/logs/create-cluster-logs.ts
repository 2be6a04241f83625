import type { ClusterMode } from '../launchers/cluster/cluster-mode.ts';
import { runHadoop } from '../launchers/cluster/java-program.ts';
import type { ClusterSettings } from '../settings/settings-cluster.ts';
import { AggregatedLogs, type RunLogsProgram } from './aggregated-logs.ts';
import { ClusterLogs } from './cluster-logs.ts';
import { NodeManagerLogs } from './node-manager-logs.ts';

/** Logs of the applications of a configured cluster. */
export const createClusterLogs = (
  { resourceManager, web }: Pick<ClusterMode, 'resourceManager' | 'web'>,
  settings: ClusterSettings,
): ClusterLogs =>
  new ClusterLogs({
    directory: resourceManager,
    nodes: new NodeManagerLogs({ user: web.user }),
    aggregated: new AggregatedLogs(programOf(settings)),
    scheme: web.scheme,
  });

/** The driver's jar is put before the folder with Spark's, which ends the class path. */
export const programOf = (settings: ClusterSettings): RunLogsProgram => {
  const { driverJar, sparkJars } = settings;
  const withDriver = { ...settings, sparkJars: `${driverJar}:${sparkJars}` };
  return (mainClass, args, timeoutMs) => runHadoop(withDriver, mainClass, args, timeoutMs);
};
