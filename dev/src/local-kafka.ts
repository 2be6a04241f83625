import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '@penstock/model';
import { resolveJars } from './jars.ts';
import { findJava } from './java.ts';
import { brokerProperties, LOG4J_CONFIGURATION } from './kafka-properties.ts';
import { isAnswering } from './kafka-ready.ts';
import { findFreePort, isPortFree } from './ports.ts';
import { identityOf, isRunning, type ProcessIdentity, parseIdentity } from './process-identity.ts';

/** The pom of the broker's jars, for others that need the same class path. */
export const KAFKA_POM_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'maven', 'kafka');

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 20_000;

export interface LocalKafkaOptions {
  /** Holds the data, settings and logs of this broker; made where it is missing, kept after stop. */
  readonly dir: string;
  /** Default: a free port. */
  readonly port?: number;
  /** Called with one short line at each slow step. */
  readonly onProgress?: (line: string) => void;
  /** Called when the broker ends though nobody here told it to. */
  readonly onUnexpectedExit?: () => void;
}

/** A real broker in a process of its own. It ends with the process that started it, unless that is killed by force. */
export interface LocalKafka {
  readonly bootstrapServers: string;
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

/**
 * Starts a one-node Kafka on the loopback address and waits until it answers. A broker that an earlier, killed process
 * left behind on the same folder is stopped first. Throws AppError with one clear sentence.
 */
export const startLocalKafka = async (options: LocalKafkaOptions): Promise<LocalKafka> => {
  const onProgress = options.onProgress ?? (() => {});
  const dir = resolve(options.dir);
  const java = findJava();
  const jars = await resolveJars(KAFKA_POM_FOLDER, onProgress);
  const files = {
    data: join(dir, 'data'),
    properties: join(dir, 'server.properties'),
    log4j: join(dir, 'log4j2.properties'),
    log: join(dir, 'kafka.log'),
    output: join(dir, 'kafka.out'),
    pid: pidFileOf(dir),
  };
  guardDisk(dir, () => mkdirSync(files.data, { recursive: true }));
  await stopLeftoverKafka(dir, onProgress);

  const port = options.port ?? (await findFreePort());
  const classPath = ['-cp', join(jars, '*')];
  const logging = [`-Dlog4j2.configurationFile=${files.log4j}`, `-Dpenstock.kafka.log=${files.log}`];
  let child: ChildProcess | undefined;
  let pid = 0;
  let isUp = false;
  let isEnding = false;

  const lastLines = (): string => {
    const tail = (file: string): string[] =>
      existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12) : [];
    return [...tail(files.log), ...tail(files.output)].join('\n');
  };
  const failure = (what: string): AppError => {
    const lines = lastLines();
    if (/No space left on device/.test(lines)) return diskFull(dir);
    return new AppError('DEV_KAFKA_FAILED', `${what} The end of ${files.log}:\n${lines}`, { domain: 'external' });
  };

  const format = (): void => {
    const formatted = spawnSync(
      java,
      [
        ...logging,
        ...classPath,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        randomBytes(16).toString('base64url'),
        '-c',
        files.properties,
        '--ignore-formatted',
      ],
      { encoding: 'utf8' },
    );
    if (formatted.status === 0) return;
    writeFileSync(files.output, `${formatted.stdout}${formatted.stderr}`);
    throw failure(`Kafka could not prepare its data folder ${files.data}.`);
  };

  const start = async (): Promise<void> => {
    if (child !== undefined) return;
    if (!(await isPortFree(port))) {
      throw new AppError(
        'DEV_PORT_IN_USE',
        `Port ${port} of 127.0.0.1 is in use: Kafka needs it; stop the other program or choose another port.`,
        { domain: 'user', params: { port } },
      );
    }
    guardDisk(dir, () => {
      writeFileSync(files.properties, '');
      writeFileSync(files.log4j, LOG4J_CONFIGURATION);
    });
    const controllerPort = await findFreePort();
    guardDisk(dir, () =>
      writeFileSync(files.properties, brokerProperties({ port, controllerPort, logDir: files.data })),
    );
    if (!existsSync(join(files.data, 'meta.properties'))) format();
    onProgress(`starting Kafka on 127.0.0.1:${port}`);
    const output = openSync(files.output, 'w');
    // An own process group: Ctrl-C in a terminal must not reach the broker before those who still write to it.
    const broker = spawn(
      java,
      [
        '-Xms256m',
        '-Xmx768m',
        '-XX:+ExitOnOutOfMemoryError',
        '-Djava.awt.headless=true',
        ...logging,
        ...classPath,
        'kafka.Kafka',
        files.properties,
      ],
      {
        detached: true,
        stdio: ['ignore', output, output],
      },
    );
    closeSync(output);
    child = broker;
    broker.once('exit', () => {
      if (child === broker) child = undefined;
      if (isUp && !isEnding) options.onUnexpectedExit?.();
      isUp = false;
    });
    await once(broker, 'spawn');
    pid = broker.pid ?? 0;
    writeFileSync(files.pid, JSON.stringify({ broker: identityOf(pid), owner: identityOf(process.pid), dir }));
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await isAnswering(port))) {
      if (broker.exitCode !== null || broker.signalCode !== null) {
        throw failure(`Kafka ended while starting (exit ${broker.exitCode ?? broker.signalCode}).`);
      }
      if (Date.now() > deadline) {
        await end('SIGKILL', 0);
        throw failure(`Kafka did not answer on port ${port} within ${START_TIMEOUT_MS / 1000} s.`);
      }
      await delay(100);
    }
    isUp = true;
  };

  const end = async (signal: 'SIGTERM' | 'SIGKILL', patienceMs: number): Promise<void> => {
    const broker = child;
    if (broker === undefined) return;
    const gone = once(broker, 'exit');
    isEnding = true;
    broker.kill(signal);
    const impatient = setTimeout(() => broker.kill('SIGKILL'), patienceMs);
    await gone;
    clearTimeout(impatient);
    isEnding = false;
    rmSync(files.pid, { force: true });
  };

  process.once('exit', () => child?.kill('SIGKILL'));
  await start();
  return {
    bootstrapServers: `127.0.0.1:${port}`,
    get pid() {
      return pid;
    },
    port,
    dataDir: files.data,
    stop: () => end('SIGTERM', STOP_TIMEOUT_MS),
    kill9: () => end('SIGKILL', STOP_TIMEOUT_MS),
    start,
  };
};

const pidFileOf = (dir: string): string => join(dir, 'kafka.pid.json');

const diskFull = (dir: string): AppError =>
  new AppError('DEV_DISK_FULL', `The disk is full: Kafka could not write below ${dir}.`, { domain: 'external' });

const guardDisk = (dir: string, write: () => void): void => {
  try {
    write();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw diskFull(dir);
    throw error;
  }
};

/** Stops a broker whose owner was killed. Only one that is certainly ours: same pid, same start time, same folder. */
export const stopLeftoverKafka = async (folder: string, onProgress: (line: string) => void): Promise<void> => {
  const dir = resolve(folder);
  const pidFile = pidFileOf(dir);
  if (!existsSync(pidFile)) return;
  const { broker, owner } = readPidFile(pidFile, dir);
  if (broker !== undefined && isRunning(broker)) {
    if (owner !== undefined && isRunning(owner)) {
      throw new AppError(
        'DEV_FOLDER_IN_USE',
        `${dir} is in use by the Kafka (process ${broker.pid}) that process ${owner.pid} started.`,
        { domain: 'user' },
      );
    }
    onProgress(`stopping the Kafka that an earlier run left behind (process ${broker.pid})`);
    process.kill(broker.pid, 'SIGTERM');
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (isRunning(broker)) {
      if (Date.now() > deadline) process.kill(broker.pid, 'SIGKILL');
      await delay(50);
    }
  }
  rmSync(pidFile, { force: true });
};

const readPidFile = (
  pidFile: string,
  dir: string,
): { broker?: ProcessIdentity | undefined; owner?: ProcessIdentity | undefined } => {
  try {
    const content = JSON.parse(readFileSync(pidFile, 'utf8')) as { broker?: unknown; owner?: unknown; dir?: unknown };
    if (content.dir !== dir) return {};
    return { broker: parseIdentity(content.broker), owner: parseIdentity(content.owner) };
  } catch {
    return {}; // cut short by a crash: it names nobody
  }
};
