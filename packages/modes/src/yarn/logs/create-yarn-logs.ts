import { runHadoop } from '../hadoop/java-program.ts';
import type { YarnSettings } from '../yarn-settings.ts';
import { AggregatedLogs, type RunLogsProgram } from './aggregated-logs.ts';
import type { ContainerDirectory } from './container-finder.ts';
import { NodeManagerLogs } from './node-manager-logs.ts';
import { YarnLogs } from './yarn-logs.ts';

/** Logs of the applications of a configured cluster. */
export const createYarnLogs = (
  {
    resourceManager,
    web,
  }: {
    readonly resourceManager: ContainerDirectory;
    readonly web: { readonly user: string; readonly scheme: 'http' | 'https' };
  },
  settings: YarnSettings,
): YarnLogs =>
  new YarnLogs({
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
