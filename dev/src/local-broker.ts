import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@penstock/model';
import { diskFull, guardDisk } from './disk-full.ts';
import { forgetBroker, rememberBroker } from './kafka-leftover.ts';
import { brokerProperties, LOG4J_CONFIGURATION } from './kafka-properties.ts';
import { isAnswering } from './kafka-ready.ts';
import { findFreePort, isPortFree } from './ports.ts';

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 20_000;
const HEAP = ['-Xms256m', '-Xmx768m', '-XX:+ExitOnOutOfMemoryError'];

export interface LocalBrokerOptions {
  readonly java: string;
  /** Folder of the jars. */
  readonly jars: string;
  /** Absolute; exists. */
  readonly dir: string;
  readonly dataDir: string;
  readonly port: number;
  readonly onProgress: (line: string) => void;
  readonly onUnexpectedExit: (() => void) | undefined;
}

/** One broker that can be started, stopped and killed any number of times, with the same port and data. */
export class LocalBroker {
  readonly #options: LocalBrokerOptions;
  readonly #java: readonly string[];
  readonly #files: Readonly<Record<'properties' | 'log4j' | 'log' | 'output', string>>;
  #child: ChildProcess | undefined;
  #pid = 0;
  #isUp = false;
  #isEnding = false;

  constructor(options: LocalBrokerOptions) {
    const { dir, jars } = options;
    this.#options = options;
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
    process.once('exit', () => this.#child?.kill('SIGKILL'));
  }

  get bootstrapServers(): string {
    return `127.0.0.1:${this.#options.port}`;
  }
  get pid(): number {
    return this.#pid;
  }
  get port(): number {
    return this.#options.port;
  }
  get dataDir(): string {
    return this.#options.dataDir;
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const { dataDir, port, onProgress } = this.#options;
    await this.#guardPort();
    await this.#writeSettings();
    if (!existsSync(join(dataDir, 'meta.properties'))) this.#format();
    onProgress(`starting Kafka on 127.0.0.1:${port}`);
    await this.#untilAnswering(await this.#spawn());
    this.#isUp = true;
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  kill9(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async #guardPort(): Promise<void> {
    const { port } = this.#options;
    if (await isPortFree(port)) return;
    throw new AppError(
      'DEV_PORT_IN_USE',
      `Port ${port} of 127.0.0.1 is in use: Kafka needs it; stop the other program or choose another port.`,
      { domain: 'user', params: { port } },
    );
  }

  async #writeSettings(): Promise<void> {
    const { dir, dataDir, port } = this.#options;
    const controllerPort = await findFreePort();
    guardDisk(dir, () => {
      writeFileSync(this.#files.log4j, LOG4J_CONFIGURATION);
      writeFileSync(this.#files.properties, brokerProperties({ port, controllerPort, logDir: dataDir }));
    });
  }

  #format(): void {
    const bytes = randomBytes(16);
    // An id that begins with a dash would be taken for an option of the tool.
    bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
    const clusterId = bytes.toString('base64url');
    const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', this.#files.properties];
    const formatted = spawnSync(this.#options.java, [...this.#java, ...tool, '--ignore-formatted'], {
      encoding: 'utf8',
    });
    if (formatted.status === 0) return;
    guardDisk(this.#options.dir, () => writeFileSync(this.#files.output, `${formatted.stdout}${formatted.stderr}`));
    throw this.#failure(`Kafka could not prepare its data folder ${this.#options.dataDir}.`);
  }

  async #spawn(): Promise<ChildProcess> {
    const output = openSync(this.#files.output, 'w');
    const args = [...HEAP, '-Djava.awt.headless=true', ...this.#java, 'kafka.Kafka', this.#files.properties];
    // An own process group: Ctrl-C in a terminal must not reach the broker before those who still write to it.
    const child = spawn(this.#options.java, args, { detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#child = child;
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
      if (this.#isUp && !this.#isEnding) this.#options.onUnexpectedExit?.();
      this.#isUp = false;
    });
    await once(child, 'spawn');
    this.#pid = child.pid ?? 0;
    rememberBroker(this.#options.dir, this.#pid);
    return child;
  }

  async #untilAnswering(child: ChildProcess): Promise<void> {
    const { port } = this.#options;
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await isAnswering(port))) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw this.#failure(`Kafka ended while starting (exit ${child.exitCode ?? child.signalCode}).`);
      }
      if (Date.now() > deadline) {
        await this.kill9();
        throw this.#failure(`Kafka did not answer on port ${port} within ${START_TIMEOUT_MS / 1000} s.`);
      }
      await delay(100);
    }
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, 'exit');
    this.#isEnding = true;
    child.kill(signal);
    const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(impatient);
    this.#isEnding = false;
    forgetBroker(this.#options.dir);
  }

  #failure(what: string): AppError {
    const tail = (file: string): string[] =>
      existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12) : [];
    const lines = [...tail(this.#files.log), ...tail(this.#files.output)].join('\n');
    if (/No space left on device/.test(lines)) return diskFull(this.#options.dir);
    return new AppError('DEV_KAFKA_FAILED', `${what} The end of ${this.#files.log}:\n${lines}`, { domain: 'external' });
  }
}
