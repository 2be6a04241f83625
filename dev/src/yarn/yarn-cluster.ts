import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { guardDisk } from '../disk-full.ts';
import { type HadoopServerOptions, hadoopServer, writeSites } from '../hadoop/hadoop-server.ts';
import type { HadoopSettings } from '../hadoop/hadoop-xml.ts';
import type { JavaServer } from '../java/java-server.ts';
import { sendSignal, stopLeftover } from '../orphaned-process.ts';
import { containerProcesses, endContainers } from './containers.ts';
import type { NodePorts, YarnPorts } from './yarn-ports.ts';
import { isManagerStarted, isNodeAnswering, nodesOf } from './yarn-rest.ts';
import { coreSite, nodeSite, type YarnSizes, yarnSite } from './yarn-site.ts';

const SERVER = 'org.apache.hadoop.yarn.server';
const MANAGER_FOLDER = 'resource-manager';
const NODE_FOLDER = /^node-manager-\d+$/;

export interface YarnClusterOptions {
  /** Absolute and without links; exists. */
  readonly dir: string;
  readonly java: string;
  readonly javaHome: string;
  readonly jars: string;
  readonly ports: YarnPorts;
  readonly sizes: YarnSizes;
  readonly defaultFs: string;
  readonly user: string;
  readonly onProgress: (line: string) => void;
  readonly onUnexpectedExit: ((process: JavaServer) => void) | undefined;
}

/** One ResourceManager and its NodeManagers, each a process of its own. */
export class YarnCluster {
  readonly confDir: string;
  readonly resourceManagerUrl: string;
  readonly resourceManager: JavaServer;
  readonly nodeManagers: readonly JavaServer[];
  readonly #options: YarnClusterOptions;
  readonly #nodesDir: string;
  readonly #onProcessExit = (): void => {
    for (const { pid } of containerProcesses(this.#nodesDir)) sendSignal(pid, 'SIGKILL');
  };

  constructor(options: YarnClusterOptions) {
    const { dir, ports, sizes } = options;
    this.#options = options;
    this.#nodesDir = join(dir, 'nodes');
    this.confDir = join(dir, 'conf');
    this.resourceManagerUrl = `http://localhost:${ports.resourceManager.webapp}`;
    const common = yarnSite(dir, ports, sizes);
    guardDisk(dir, () => mkdirSync(join(dir, 'rm-state'), { recursive: true }));
    writeSites(this.confDir, { 'core-site': this.#coreSite(join(dir, 'tmp')), 'yarn-site': common });
    this.resourceManager = this.#manager(common);
    this.nodeManagers = ports.nodeManagers.map((node, index) => this.#node(common, node, index + 1));
  }

  /** Ends what a killed owner left on the folder, whatever the number of nodes was. */
  static async stopLeftover(dir: string, onProgress: (line: string) => void): Promise<void> {
    const nodesDir = join(dir, 'nodes');
    const nodes = existsSync(nodesDir) ? readdirSync(nodesDir).filter((name) => NODE_FOLDER.test(name)) : [];
    const places = [
      { title: 'ResourceManager', dir: join(dir, MANAGER_FOLDER) },
      ...nodes.map((name) => ({ title: 'NodeManager', dir: join(nodesDir, name) })),
    ];
    for (const place of places) await stopLeftover({ ...place, pidFile: 'server.pid.json' }, onProgress);
    await endContainers(nodesDir, onProgress);
  }

  async start(): Promise<void> {
    process.once('exit', this.#onProcessExit);
    try {
      await Promise.all([this.resourceManager, ...this.nodeManagers].map((server) => server.start()));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    // First who would start new attempts, then who would restart containers, then the containers.
    await this.resourceManager.stop();
    await Promise.all(this.nodeManagers.map((server) => server.stop()));
    await endContainers(this.#nodesDir, this.#options.onProgress);
    process.off('exit', this.#onProcessExit);
  }

  #coreSite(tmpDir: string): HadoopSettings {
    return coreSite(this.#options.defaultFs, this.#options.user, tmpDir);
  }

  #manager(common: HadoopSettings): JavaServer {
    const dir = join(this.#options.dir, MANAGER_FOLDER);
    return this.#server({
      title: 'ResourceManager',
      dir,
      mainClass: `${SERVER}.resourcemanager.ResourceManager`,
      heapMb: 512,
      ports: Object.values(this.#options.ports.resourceManager),
      sites: { 'core-site': this.#coreSite(join(dir, 'tmp')), 'yarn-site': common },
      isReady: () => this.#isComplete(),
    });
  }

  #node(common: HadoopSettings, ports: NodePorts, number: number): JavaServer {
    const dir = join(this.#nodesDir, `node-manager-${number}`);
    const own = nodeSite(dir, ports, this.#options.sizes);
    return this.#server({
      title: `NodeManager ${number}`,
      dir,
      mainClass: `${SERVER}.nodemanager.NodeManager`,
      heapMb: 384,
      ports: [ports.container, ports.webapp, ports.localizer, ports.collector],
      sites: { 'core-site': this.#coreSite(join(dir, 'tmp')), 'yarn-site': { ...common, ...own } },
      isReady: async (startedAt) =>
        (await isNodeAnswering(`http://localhost:${ports.webapp}`)) &&
        (!this.resourceManager.isRunning || (await this.#areRunning([nodeId(ports)], startedAt))),
    });
  }

  #server(
    own: Omit<HadoopServerOptions, 'java' | 'javaHome' | 'jars' | 'failureCode' | 'onProgress' | 'onUnexpectedExit'>,
  ) {
    const { java, javaHome, jars, onProgress, onUnexpectedExit } = this.#options;
    const { server } = hadoopServer({
      ...own,
      java,
      javaHome,
      jars,
      failureCode: 'DEV_YARN_FAILED',
      onProgress,
      onUnexpectedExit: () => onUnexpectedExit?.(server),
    });
    return server;
  }

  /** Whether the ResourceManager works and every node that is up has registered; a new one knows none at first. */
  async #isComplete(): Promise<boolean> {
    if (!(await isManagerStarted(this.resourceManagerUrl))) return false;
    const ids = this.#options.ports.nodeManagers.filter((_, index) => this.nodeManagers[index]?.isRunning).map(nodeId);
    return this.#areRunning(ids, 0);
  }

  /**
   * Whether the ResourceManager counts these nodes as RUNNING, with a health report that they made at or after `since`:
   * a NodeManager makes one when it starts, and its predecessor stays RUNNING for a while after its end.
   */
  async #areRunning(ids: readonly string[], since: number): Promise<boolean> {
    const nodes = await nodesOf(this.resourceManagerUrl);
    return ids.every((id) =>
      nodes.some((node) => node.id === id && node.state === 'RUNNING' && node.lastHealthUpdate >= since),
    );
  }
}

const nodeId = (ports: NodePorts): string => `localhost:${ports.container}`;
