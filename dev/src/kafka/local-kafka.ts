import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KafkaSettings } from '@penstock/model';
import { guardDisk } from '../disk-full.ts';
import { resolveJars } from '../java/jars.ts';
import { findJava } from '../java/java.ts';
import { stopLeftover } from '../orphaned-process.ts';
import { findFreePort } from '../ports.ts';
import type { KafkaSecurity } from './kafka-security.ts';
import { brokerPlace, LocalBroker } from './local-broker.ts';

/** The pom of the broker's jars, for others that need the same class path. */
export const KAFKA_POM_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'maven', 'kafka');

export interface LocalKafkaOptions {
  /** Holds the data, settings and logs of this broker; made where it is missing, kept after stop. */
  readonly dir: string;
  /** Default: a free port. */
  readonly port?: number;
  /** Default: none, everybody on this machine may do everything. The same for every start on one folder. */
  readonly security?: KafkaSecurity;
  /** For hours, or under load: its code is compiled well. Default: quickly, which takes least in the first minutes. */
  readonly isLasting?: boolean;
  /** More of server.properties. */
  readonly properties?: Readonly<Record<string, string | number>>;
  /** Called with one short line at each slow step. */
  readonly onProgress?: (line: string) => void;
  /** Called when the broker ends though nobody here told it to. */
  readonly onUnexpectedExit?: () => void;
}

/** A real broker in a process of its own. It ends with the process that started it, unless that is killed by force. */
export interface LocalKafka {
  readonly bootstrapServers: string;
  /** What a client needs to reach it, credentials and certificates included. */
  readonly settings: KafkaSettings;
  /** A listener without security, for who sets up or watches a secured broker: everything is allowed there. */
  readonly plainServers: string;
  /** Of the broker's process; of the last one while it is stopped. */
  readonly pid: number;
  readonly port: number;
  readonly dataDir: string;
  /** Orderly shutdown; by force after 20 s. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until the process is gone. */
  kill9(): Promise<void>;
  /** Starts it again after `stop` or `kill9`, with the same port and data. */
  start(): Promise<void>;
}

/** Ends a broker that a killed process left behind on the folder. Throws `DEV_FOLDER_IN_USE` where its owner lives. */
export const stopLeftoverKafka = (dir: string, onProgress: (line: string) => void): Promise<void> =>
  stopLeftover(brokerPlace(resolve(dir)), onProgress);

/**
 * Starts a one-node Kafka on the loopback address and waits until it answers. A broker that an earlier, killed process
 * left behind on the same folder is stopped first. Throws AppError with one clear sentence.
 */
export const startLocalKafka = async (options: LocalKafkaOptions): Promise<LocalKafka> => {
  const onProgress = options.onProgress ?? (() => {});
  const dir = resolve(options.dir);
  const dataDir = join(dir, 'data');
  const java = findJava();
  const jars = await resolveJars(KAFKA_POM_FOLDER, onProgress);
  guardDisk(dir, () => mkdirSync(dataDir, { recursive: true }));
  await stopLeftoverKafka(dir, onProgress);
  const port = options.port ?? (await findFreePort());
  const { isLasting = false, onUnexpectedExit, properties, security } = options;
  const plainPort = security === undefined ? port : await findFreePort();
  const place = { java, jars, dir, dataDir, port, plainPort };
  const broker = new LocalBroker({ ...place, properties, security, isLasting, onProgress, onUnexpectedExit });
  await broker.start();
  return broker;
};
