import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaSettings } from '@penstock/model';
import { guardDisk } from '../disk-full.ts';
import { JavaServer } from '../java/java-server.ts';
import type { ProcessPlace } from '../orphaned-process.ts';
import { findFreePort } from '../ports.ts';
import { type BrokerSettings, brokerProperties, LOG4J_CONFIGURATION } from './kafka-properties.ts';
import { isAnswering } from './kafka-ready.ts';
import { CLIENT_LISTENER, type KafkaSecurity, type SecuredBroker, secureBroker } from './kafka-security.ts';
import { grantRights } from './kafka-security-rights.ts';

const HEAP = ['-Xms256m', '-Xmx768m', '-XX:+ExitOnOutOfMemoryError'];
/** For a program that is over before code that is compiled well would pay. */
const SHORT_LIVED = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData'];

/** Where it is written down which broker runs on an (absolute) folder. */
export const brokerPlace = (dir: string): ProcessPlace => ({ title: 'Kafka', dir, pidFile: 'kafka.pid.json' });

export interface LocalBrokerOptions {
  readonly java: string;
  /** Folder of the jars. */
  readonly jars: string;
  /** Absolute; exists. */
  readonly dir: string;
  readonly dataDir: string;
  readonly port: number;
  /** Of the listener without any security; the same as `port` where that is the only one. */
  readonly plainPort: number;
  readonly properties: Readonly<Record<string, string | number>> | undefined;
  readonly security: KafkaSecurity | undefined;
  readonly isLasting: boolean;
  readonly onProgress: (line: string) => void;
  readonly onUnexpectedExit: (() => void) | undefined;
}

/** One broker that can be started, stopped and killed any number of times, with the same port and data. */
export class LocalBroker {
  readonly #options: LocalBrokerOptions;
  readonly #java: readonly string[];
  readonly #files: Readonly<Record<'properties' | 'log4j' | 'log' | 'output', string>>;
  readonly #server: JavaServer;
  readonly #secured: SecuredBroker | undefined;

  constructor(options: LocalBrokerOptions) {
    const { dir, jars, java, port, plainPort, security, isLasting, onProgress, onUnexpectedExit } = options;
    this.#options = options;
    this.#secured = security === undefined ? undefined : secureBroker(dir, security);
    this.#files = {
      properties: join(dir, 'server.properties'),
      log4j: join(dir, 'log4j2.properties'),
      log: join(dir, 'kafka.log'),
      output: join(dir, 'kafka.out'),
    };
    this.#java = [
      `-Dlog4j2.configurationFile=${this.#files.log4j}`,
      `-Dpenstock.kafka.log=${this.#files.log}`,
      '-cp',
      join(jars, '*'),
    ];
    this.#server = new JavaServer({
      place: brokerPlace(dir),
      java,
      args: [
        ...HEAP,
        ...(isLasting ? [] : SHORT_LIVED),
        '-Djava.awt.headless=true',
        ...this.#java,
        'kafka.Kafka',
        this.#files.properties,
      ],
      ports: port === plainPort ? [port] : [port, plainPort],
      logFile: this.#files.log,
      outputFile: this.#files.output,
      failureCode: 'DEV_KAFKA_FAILED',
      isReady: () => isAnswering(plainPort),
      onProgress,
      onUnexpectedExit,
    });
  }

  get bootstrapServers(): string {
    return `127.0.0.1:${this.#options.port}`;
  }
  get plainServers(): string {
    return `127.0.0.1:${this.#options.plainPort}`;
  }
  get settings(): KafkaSettings {
    return { bootstrapServers: this.bootstrapServers, ...this.#secured?.settings };
  }
  get pid(): number {
    return this.#server.pid;
  }
  get port(): number {
    return this.#options.port;
  }
  get dataDir(): string {
    return this.#options.dataDir;
  }

  async start(): Promise<void> {
    if (this.#server.isRunning) return;
    await this.#writeSettings();
    if (!existsSync(join(this.#options.dataDir, 'meta.properties'))) this.#format();
    await this.#server.start();
    const rights = this.#options.security?.rights;
    if (rights !== undefined && this.#secured !== undefined)
      await grantRights(this.#options.plainPort, this.#secured.principal, rights);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  kill9(): Promise<void> {
    return this.#server.kill9();
  }

  async #writeSettings(): Promise<void> {
    const { dir, dataDir, port, plainPort, properties } = this.#options;
    const controllerPort = await findFreePort();
    const secured = this.#secured?.properties;
    const settings: BrokerSettings = {
      port: plainPort,
      controllerPort,
      logDir: dataDir,
      ...(secured && { clients: { listener: CLIENT_LISTENER, port, properties: secured } }),
      ...(properties && { properties }),
    };
    guardDisk(dir, () => {
      writeFileSync(this.#files.log4j, LOG4J_CONFIGURATION);
      writeFileSync(this.#files.properties, brokerProperties(settings));
    });
  }

  #format(): void {
    const bytes = randomBytes(16);
    // An id that begins with a dash would be taken for an option of the tool.
    bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
    const clusterId = bytes.toString('base64url');
    const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', this.#files.properties];
    const users = this.#secured?.formatArguments ?? [];
    const formatted = spawnSync(
      this.#options.java,
      [...SHORT_LIVED, ...this.#java, ...tool, ...users, '--ignore-formatted'],
      {
        encoding: 'utf8',
      },
    );
    if (formatted.status === 0) return;
    guardDisk(this.#options.dir, () => writeFileSync(this.#files.output, `${formatted.stdout}${formatted.stderr}`));
    throw this.#server.failure(`Kafka could not prepare its data folder ${this.#options.dataDir}.`);
  }
}
