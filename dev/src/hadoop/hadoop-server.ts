import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardDisk } from '../disk-full.ts';
import { JavaServer } from '../java/java-server.ts';
import { HADOOP_LOG4J, type HadoopSettings, hadoopXml } from './hadoop-xml.ts';

/** Settings by the name of their file: `core-site`, `yarn-site`. */
export type HadoopSites = Readonly<Record<string, HadoopSettings>>;

export interface HadoopServerOptions {
  readonly java: string;
  /** Handed on to what it starts itself. */
  readonly javaHome: string;
  /** Folder of the jars. */
  readonly jars: string;
  readonly mainClass: string;
  readonly heapMb: number;
  /** As people are told: "ResourceManager". */
  readonly title: string;
  /** Its own, absolute: gets `conf`, `tmp`, log, output and pid file. */
  readonly dir: string;
  readonly sites: HadoopSites;
  readonly ports: readonly number[];
  /** Code of the error when it does not start. */
  readonly failureCode: string;
  /** `startedAt` is of this process, in Unix ms. */
  readonly isReady: (startedAt: number) => Promise<boolean>;
  readonly onProgress: (line: string) => void;
  readonly onUnexpectedExit: (() => void) | undefined;
}

/** Writes settings into a folder that is made where it is missing. */
export const writeSites = (confDir: string, sites: HadoopSites): void =>
  guardDisk(confDir, () => {
    mkdirSync(confDir, { recursive: true });
    for (const [name, settings] of Object.entries(sites)) {
      writeFileSync(join(confDir, `${name}.xml`), hadoopXml(settings));
    }
  });

/** One of Hadoop's servers, or a tool on its data: settings written, not started yet. */
export const hadoopServer = (options: HadoopServerOptions): { server: JavaServer; args: readonly string[] } => {
  const { java, javaHome, dir, title, ports, failureCode, onProgress, onUnexpectedExit } = options;
  writeFiles(options);
  const confDir = join(dir, 'conf');
  const logFile = join(dir, 'server.log');
  const args = [
    `-Xmx${options.heapMb}m`,
    '-XX:+UseSerialGC',
    // Half the time to come up; these servers have little to do.
    '-XX:TieredStopAtLevel=1',
    // No files in the system's temporary folder that a kill would leave there.
    '-XX:-UsePerfData',
    `-Djava.io.tmpdir=${join(dir, 'tmp')}`,
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    '-Djava.net.preferIPv4Stack=true',
    `-Dlog4j.configuration=file:${join(dir, 'log4j.properties')}`,
    `-Dpenstock.log=${logFile}`,
    '-cp',
    `${confDir}:${join(options.jars, '*')}`,
    options.mainClass,
  ];
  const server: JavaServer = new JavaServer({
    place: { title, dir, pidFile: 'server.pid.json' },
    java,
    args,
    env: { JAVA_HOME: javaHome, HADOOP_CONF_DIR: confDir },
    ports,
    logFile,
    outputFile: join(dir, 'server.out'),
    failureCode,
    isReady: () => options.isReady(server.startedAt),
    onProgress,
    onUnexpectedExit,
  });
  return { server, args };
};

const writeFiles = ({ dir, sites }: HadoopServerOptions): void => {
  writeSites(join(dir, 'conf'), sites);
  guardDisk(dir, () => {
    mkdirSync(join(dir, 'tmp'), { recursive: true });
    writeFileSync(join(dir, 'log4j.properties'), HADOOP_LOG4J);
  });
};
