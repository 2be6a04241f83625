import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject, JsonValue } from '@penstock/model';
import { Hopeless, until } from '../until.ts';
import { killAllWorkers } from './worker-processes.ts';

const SERVICE = fileURLToPath(import.meta.resolve('@penstock/server/main'));
const READY_MS = 90_000;

/** The real service on a data folder and a port that stay the same over restarts. */
export class ServiceProcess {
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #logFile: string;
  #child: ChildProcess | undefined;

  /** `env`: further settings, such as those of Cluster Mode. */
  constructor(options: {
    readonly folder: string;
    readonly port: number;
    readonly bootstrapServers: string;
    readonly env?: Readonly<Record<string, string>>;
  }) {
    this.baseUrl = `http://127.0.0.1:${options.port}`;
    this.dataDir = join(options.folder, 'service');
    this.#logFile = join(options.folder, 'service.log');
    this.#env = {
      // Settings of another installation must not reach this one.
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(PENSTOCK_|KAFKA_|HADOOP_|DATABASE_URL)/.test(name)),
      ),
      PENSTOCK_PORT: String(options.port),
      PENSTOCK_DATA: this.dataDir,
      KAFKA_BOOTSTRAP_SERVERS: options.bootstrapServers,
      ...options.env,
    };
    process.once('exit', () => this.kill());
  }

  /** Starts the process without waiting until it answers. */
  async start(): Promise<void> {
    const log = openSync(this.#logFile, 'a');
    const child = spawn(process.execPath, ['--no-node-snapshot', SERVICE], {
      env: this.#env,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await once(child, 'spawn');
    this.#child = child;
  }

  /** Waits until the service answers requests that need its database. */
  ready(): Promise<true> {
    return until('waiting for the service', READY_MS, async () => {
      if (this.#child?.exitCode !== null) {
        throw new Hopeless(`the service ended by itself:\n${readFileSync(this.#logFile, 'utf8').slice(-3000)}`);
      }
      const response = await fetch(`${this.baseUrl}/healthz`, { signal: AbortSignal.timeout(2000) });
      return response.ok ? true : undefined;
    });
  }

  /** Leaves nothing behind: neither the service nor its workers. Synchronous, for exit hooks. */
  kill(): void {
    this.#child?.kill('SIGKILL');
    killAllWorkers(this.dataDir);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const impatient = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(impatient);
    this.#child = undefined;
  }

  /** A call to the service's own API as its administrator. */
  async admin(method: string, path: string, body?: JsonObject): Promise<JsonValue> {
    const token = readFileSync(join(this.dataDir, 'admin-token'), 'utf8').trim();
    const response = await fetch(`${this.baseUrl}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : (JSON.parse(text) as JsonValue);
  }
}
