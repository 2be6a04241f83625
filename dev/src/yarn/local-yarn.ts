import { mkdirSync, realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guardDisk } from '../disk-full.ts';
import { resolveJars } from '../java/jars.ts';
import { findJava, javaHome } from '../java/java.ts';
import { YarnCluster } from './yarn-cluster.ts';
import { keepYarnPorts } from './yarn-ports.ts';

/** The pom of YARN's jars. */
export const YARN_POM_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'maven', 'yarn');

export interface LocalYarnOptions {
  /** Holds settings, logs and what is recovered from after a kill; made where it is missing, kept after stop. */
  readonly dir: string;
  /** Default: 2. */
  readonly nodeManagers?: number;
  /** What each node offers, in MiB (default: 8192) ... */
  readonly memoryMb?: number;
  /** ... and in cores (default: 8); containers are not pinned to cores. */
  readonly vcores?: number;
  /** A URI; default: `file:///`, the files of this machine. */
  readonly defaultFs?: string;
  /** Called with one short line at each slow step. */
  readonly onProgress?: (line: string) => void;
  /** Called when one of its processes ends though nobody here told it to. */
  readonly onUnexpectedExit?: (process: YarnProcess) => void;
}

/** The ResourceManager or one NodeManager: can be killed and started again, on the same ports and data. */
export interface YarnProcess {
  /** `ResourceManager`, `NodeManager 1`, `NodeManager 2`, ... */
  readonly name: string;
  /** Of the last process while it is stopped. */
  readonly pid: number;
  readonly isRunning: boolean;
  readonly logFile: string;
  /**
   * After `stop` or `kill9`. Resolves when it has its place in the cluster: the ResourceManager answers and all nodes
   * that run are RUNNING there. A NodeManager that starts while there is no ResourceManager has only to answer itself.
   */
  start(): Promise<void>;
  /** Orderly end, by force after 20 s. Containers of a NodeManager go on. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. Containers of a NodeManager go on. */
  kill9(): Promise<void>;
}

/** A real YARN of this machine. It ends with the process that started it, unless that is killed by force. */
export interface LocalYarn {
  /** `HADOOP_CONF_DIR` for clients such as Spark: core-site.xml and yarn-site.xml. */
  readonly confDir: string;
  /** Of its web page and REST API, without a slash at the end. */
  readonly resourceManagerUrl: string;
  readonly resourceManager: YarnProcess;
  readonly nodeManagers: readonly YarnProcess[];
  /**
   * Ends all processes, those in containers too. Applications that were running are not forgotten: the next start on
   * the folder goes on with a new attempt of each.
   */
  stop(): Promise<void>;
}

/**
 * Starts a YARN on the loopback address and waits until all nodes are RUNNING. What an earlier, killed process left
 * behind on the same folder is ended first, containers included. Throws AppError with one clear sentence.
 */
export const startLocalYarn = async (options: LocalYarnOptions): Promise<LocalYarn> => {
  const { nodeManagers = 2, memoryMb = 8192, vcores = 8, defaultFs = 'file:///', onUnexpectedExit } = options;
  const onProgress = options.onProgress ?? (() => {});
  const java = findJava();
  const jars = await resolveJars(YARN_POM_FOLDER, onProgress);
  guardDisk(options.dir, () => mkdirSync(options.dir, { recursive: true }));
  // Without links: containers are recognised by the folder they work in.
  const dir = realpathSync(resolve(options.dir));
  await YarnCluster.stopLeftover(dir, onProgress);
  const cluster = new YarnCluster({
    dir,
    java,
    javaHome: javaHome(java),
    jars,
    ports: await keepYarnPorts(join(dir, 'ports.json'), nodeManagers),
    sizes: { memoryMb, vcores },
    defaultFs,
    user: userInfo().username,
    onProgress,
    onUnexpectedExit,
  });
  await cluster.start();
  return cluster;
};

/** Ends a YARN that a killed process left behind on the folder, which exists. Throws `DEV_FOLDER_IN_USE` where its owner lives. */
export const stopLeftoverYarn = async (dir: string, onProgress: (line: string) => void): Promise<void> =>
  YarnCluster.stopLeftover(realpathSync(resolve(dir)), onProgress);
