import type { ClusterSizing } from '@penstock/model';

/** Parameters whose effect is in the container sizes already (`clusterSizing`): they are not passed a second time. */
const SIZED = new Set(['spark.driver.memoryOverhead', 'spark.executor.memoryOverhead']);
/** Ours only where the user says nothing. */
const DEFAULTS = { 'spark.network.timeout': '60s' };

export interface SparkConfFacts {
  readonly sizing: ClusterSizing;
  /** `resourceConfig.advanced`, checked by `parseAdvanced`. */
  readonly advanced: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly stagingUri: string;
  /** Where containers get Spark's jars from. */
  readonly spark: { readonly localFolder: string } | { readonly archiveUri: string };
  /** The cluster is this machine, whose name may not lead anywhere. */
  readonly isLoopback: boolean;
  readonly queue: string | undefined;
  readonly kerberos: { readonly principal: string; readonly keytab: string } | undefined;
}

/**
 * Everything Spark is told about an application, by name. A user's parameters never replace ours: two that meet are a
 * mistake of this program and stop it.
 */
export const sparkConf = (facts: SparkConfFacts): Readonly<Record<string, string>> => {
  const fixed: Record<string, string> = {
    ...containers(facts.sizing),
    ...behaviour(facts),
    ...placement(facts),
    ...SMALL_UI,
  };
  const conf: Record<string, string> = { ...fixed, ...DEFAULTS };
  for (const [name, value] of Object.entries(facts.advanced)) {
    if (SIZED.has(name)) continue;
    if (Object.hasOwn(fixed, name)) throw new Error(`the parameter ${name} is not the user's to set`);
    conf[name] = value;
  }
  return conf;
};

const containers = ({ driver, executor, executors }: ClusterSizing): Record<string, string> => ({
  'spark.driver.cores': String(driver.cores),
  'spark.driver.memory': `${driver.heapMb}m`,
  'spark.driver.memoryOverhead': String(driver.overheadMb),
  'spark.executor.instances': String(executors),
  'spark.executor.cores': String(executor.cores),
  'spark.executor.memory': `${executor.heapMb}m`,
  'spark.executor.memoryOverhead': String(executor.overheadMb),
});

/**
 * The JVMs only hand ranges on: a small collector and a simple compiler cost least. It compiles what has run a few times
 * only: at one batch a second the usual thresholds take minutes to be reached, and until then Spark's code costs twice
 * the CPU. That is more code than the simple compiler's cache holds by itself. Counters for `jps` and `jstat` are left
 * out; keeping them up wakes a thread twenty times a second.
 */
const CONTAINER_JVM = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:CompileThresholdScaling=0.02',
  '-XX:ReservedCodeCacheSize=96m',
  '-XX:-UsePerfData',
  '-Dlog4j2.configurationFile=log4j2.properties',
].join(' ');

const behaviour = ({ advanced }: SparkConfFacts): Record<string, string> => ({
  'spark.driver.extraJavaOptions': CONTAINER_JVM,
  'spark.executor.extraJavaOptions': CONTAINER_JVM,
  // One batch at a time, each range by one task: what commits is the worker, and it must not be asked twice.
  'spark.dynamicAllocation.enabled': 'false',
  'spark.speculation': 'false',
  'spark.streaming.concurrentJobs': '1',
  // YARN starts drivers again; only failures close to each other count, so that a year of running is not given up.
  'spark.yarn.maxAppAttempts': '8',
  'spark.yarn.am.attemptFailuresValidityInterval': '10m',
  'spark.executor.maxNumFailures': '1000',
  'spark.executor.failuresValidityInterval': '10m',
  'spark.yarn.am.waitTime': '300s',
  'spark.yarn.submit.waitAppCompletion': 'false',
  // Spark refuses a heartbeat that is not shorter than the time after which an executor counts as lost.
  'spark.executor.heartbeatInterval': `${Math.floor(Math.min(10_000, networkTimeoutMs(advanced) / 4))}ms`,
  // The driver and its executors prove to each other that they belong together; YARN carries the secret.
  'spark.authenticate': 'true',
  'spark.eventLog.enabled': 'false',
  // Its client needs classes that Spark does not have, and nobody asks it for anything.
  'spark.hadoop.yarn.timeline-service.enabled': 'false',
});

const UNITS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3600_000 };

const networkTimeoutMs = (advanced: SparkConfFacts['advanced']): number => {
  const parts = /^(\d+)([a-z]*)$/.exec(advanced['spark.network.timeout'] ?? DEFAULTS['spark.network.timeout']);
  return Number(parts?.[1]) * (UNITS[parts?.[2] || 's'] ?? Number.NaN);
};

const placement = (facts: SparkConfFacts): Record<string, string> => ({
  'spark.yarn.tags': facts.tags.join(','),
  'spark.yarn.stagingDir': facts.stagingUri,
  ...(facts.queue === undefined ? {} : { 'spark.yarn.queue': facts.queue }),
  ...('localFolder' in facts.spark
    ? { 'spark.yarn.jars': `local:${facts.spark.localFolder}/*` }
    : { 'spark.yarn.archive': facts.spark.archiveUri }),
  ...(facts.isLoopback
    ? {
        'spark.yarn.appMasterEnv.SPARK_LOCAL_HOSTNAME': 'localhost',
        'spark.executorEnv.SPARK_LOCAL_HOSTNAME': 'localhost',
      }
    : {}),
  ...(facts.kerberos === undefined
    ? {}
    : { 'spark.kerberos.principal': facts.kerberos.principal, 'spark.kerberos.keytab': facts.kerberos.keytab }),
});

/** Spark's web page stays, with little behind it: it is kept in the driver's heap. */
const SMALL_UI: Readonly<Record<string, string>> = {
  'spark.ui.enabled': 'true',
  'spark.ui.killEnabled': 'false',
  'spark.ui.showConsoleProgress': 'false',
  'spark.ui.retainedJobs': '50',
  'spark.ui.retainedStages': '50',
  'spark.ui.retainedTasks': '500',
  'spark.ui.retainedDeadExecutors': '10',
  'spark.streaming.ui.retainedBatches': '50',
};
