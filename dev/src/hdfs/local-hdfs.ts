import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@penstock/model';
import { guardDisk } from '../disk-full.ts';
import { type HadoopServerOptions, hadoopServer, writeSites } from '../hadoop/hadoop-server.ts';
import type { HadoopSettings } from '../hadoop/hadoop-xml.ts';
import { resolveJars } from '../java/jars.ts';
import { findJava, javaHome } from '../java/java.ts';
import { stopLeftover } from '../orphaned-process.ts';
import { findFreePort } from '../ports.ts';

/** The pom of HDFS's jars. */
export const HDFS_POM_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'maven', 'hdfs');

const SERVER = 'org.apache.hadoop.hdfs.server';
const ANSWER_TIMEOUT_MS = 3000;

export interface LocalHdfsOptions {
  /** Holds data, settings and logs; made where it is missing, kept after stop. */
  readonly dir: string;
  /** Called with one short line at each slow step. */
  readonly onProgress?: (line: string) => void;
}

/** A real HDFS of this machine: one NameNode, one DataNode. It ends with the process that started it. */
export interface LocalHdfs {
  /** `hdfs://127.0.0.1:PORT` */
  readonly defaultFs: string;
  /** `HADOOP_CONF_DIR` for clients that need no YARN: core-site.xml and hdfs-site.xml. */
  readonly confDir: string;
  stop(): Promise<void>;
}

/**
 * Starts an HDFS on the loopback address (new ports each time, the same data) and waits until files can be written.
 * What a killed process left behind on the folder is ended first. Throws AppError with one clear sentence.
 */
export const startLocalHdfs = async (options: LocalHdfsOptions): Promise<LocalHdfs> => {
  const onProgress = options.onProgress ?? (() => {});
  const java = findJava();
  const jars = await resolveJars(HDFS_POM_FOLDER, onProgress);
  guardDisk(options.dir, () => mkdirSync(options.dir, { recursive: true }));
  const dir = realpathSync(resolve(options.dir));
  const nodes = [
    { title: 'DataNode', dir: join(dir, 'data-node') },
    { title: 'NameNode', dir: join(dir, 'name-node') },
  ];
  for (const node of nodes) await stopLeftover({ ...node, pidFile: 'server.pid.json' }, onProgress);

  const ports = await freePorts();
  const defaultFs = `hdfs://127.0.0.1:${ports.nameNode}`;
  const sites = { 'core-site': { 'fs.defaultFS': defaultFs }, 'hdfs-site': hdfsSite(dir, ports) };
  const common = { java, javaHome: javaHome(java), jars, failureCode: 'DEV_HDFS_FAILED', sites, onProgress };
  const nameNode = program({
    ...common,
    mainClass: `${SERVER}.namenode.NameNode`,
    title: 'NameNode',
    dir: join(dir, 'name-node'),
    ports: [ports.nameNode, ports.nameNodeWeb],
    // Out of safe mode by its own account, which needs the DataNode once there are blocks.
    isReady: async () => (await bean(ports.nameNodeWeb, 'NameNodeStatus')) !== undefined,
  });
  const dataNode = program({
    ...common,
    mainClass: `${SERVER}.datanode.DataNode`,
    title: 'DataNode',
    dir: join(dir, 'data-node'),
    ports: [ports.dataNode, ports.dataNodeIpc, ports.dataNodeWeb],
    isReady: () => isWritable(ports.nameNodeWeb),
  });
  if (!existsSync(join(dir, 'name', 'current', 'VERSION'))) nameNode.format();
  const stop = async (): Promise<void> => {
    await dataNode.server.stop();
    await nameNode.server.stop();
  };
  try {
    await Promise.all([nameNode.server.start(), dataNode.server.start()]);
  } catch (error) {
    await stop();
    throw error;
  }
  const confDir = join(dir, 'conf');
  writeSites(confDir, sites);
  return { defaultFs, confDir, stop };
};

interface HdfsPorts {
  readonly nameNode: number;
  readonly nameNodeWeb: number;
  readonly dataNode: number;
  readonly dataNodeIpc: number;
  readonly dataNodeWeb: number;
}

const freePorts = async (): Promise<HdfsPorts> => {
  const found = new Set<number>();
  while (found.size < 5) found.add(await findFreePort());
  const [nameNode = 0, nameNodeWeb = 0, dataNode = 0, dataNodeIpc = 0, dataNodeWeb = 0] = found;
  return { nameNode, nameNodeWeb, dataNode, dataNodeIpc, dataNodeWeb };
};

const hdfsSite = (dir: string, ports: HdfsPorts): HadoopSettings => ({
  'dfs.namenode.name.dir': join(dir, 'name'),
  'dfs.datanode.data.dir': join(dir, 'data'),
  'dfs.namenode.http-address': `127.0.0.1:${ports.nameNodeWeb}`,
  'dfs.datanode.address': `127.0.0.1:${ports.dataNode}`,
  'dfs.datanode.ipc.address': `127.0.0.1:${ports.dataNodeIpc}`,
  'dfs.datanode.http.address': `127.0.0.1:${ports.dataNodeWeb}`,
  'dfs.replication': 1,
  'dfs.namenode.safemode.extension': 0,
  // A machine without a resolvable name.
  'dfs.namenode.datanode.registration.ip-hostname-check': false,
});

type Own = Omit<HadoopServerOptions, 'heapMb' | 'onUnexpectedExit'>;

const program = (own: Own) => {
  // Their web pages are not in the published jars, and they do not start without the folders; JMX needs nothing of them.
  for (const page of ['hdfs', 'datanode', 'static']) {
    guardDisk(own.dir, () => mkdirSync(join(own.dir, 'conf', 'webapps', page), { recursive: true }));
  }
  const { server, args } = hadoopServer({ ...own, heapMb: 384, onUnexpectedExit: undefined });
  return {
    server,
    format: (): void => {
      const formatted = spawnSync(own.java, [...args, '-format', '-nonInteractive'], { encoding: 'utf8' });
      if (formatted.status === 0) return;
      const said = formatted.stderr.trim().split('\n').slice(-12).join('\n');
      throw new AppError('DEV_HDFS_FAILED', `HDFS could not prepare its data folder below ${own.dir}.\n${said}`, {
        domain: 'external',
      });
    },
  };
};

/** What the NameNode tells of itself (JMX over HTTP); undefined where it does not answer yet. */
const bean = async (port: number, name: string): Promise<Record<string, unknown> | undefined> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/jmx?qry=Hadoop:service=NameNode,name=${name}`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const { beans } = (await response.json()) as { beans?: Record<string, unknown>[] };
    return beans?.[0];
  } catch {
    return undefined; // the caller asks again until its deadline
  }
};

const isWritable = async (port: number): Promise<boolean> => {
  const state = await bean(port, 'FSNamesystemState');
  return state?.NumLiveDataNodes === 1 && state.FSState === 'Operational';
};
