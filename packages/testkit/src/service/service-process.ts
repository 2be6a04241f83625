import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '@penstock/dev';
import type { JsonObject, JsonValue } from '@penstock/model';
import { prepareDatabase } from '../database/prepared-database.ts';
import { Hopeless, until } from '../until.ts';
import { killAllWorkers } from './worker-processes.ts';

const SERVICE = fileURLToPath(import.meta.resolve('@penstock/server/main'));
const READY_MS = 90_000;

/** The real service on a data folder and a port that stay the same over restarts. */
export class ServiceProcess {
  readonly dataDir: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #logFile: string;
  readonly #port: number;
  readonly #within: readonly string[];
  readonly #program: string;
  #child: ChildProcess | undefined;
  /** Bytes of the log that belong to earlier processes. */
  #logStart = 0;

  /** `port`: 0 takes a free one at each start. `env`: further settings, such as those of Cluster Mode. */
  constructor(options: {
    readonly folder: string;
    readonly port: number;
    readonly bootstrapServers: string;
    readonly env?: Readonly<Record<string, string>>;
    /** A command that runs the service within something: `unshare --pid …`. */
    readonly within?: readonly string[];
    /** Another build of the service than the source tree's: the path of its main program. */
    readonly program?: string;
  }) {
    this.#within = options.within ?? [];
    this.#program = options.program ?? SERVICE;
    this.#port = options.port;
    this.dataDir = join(options.folder, 'service');
    this.#logFile = join(options.folder, 'service.log');
    this.#env = {
      // Settings of another installation must not reach this one.
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(PENSTOCK_|KAFKA_|HADOOP_|DATABASE_URL)/.test(name)),
      ),
      PENSTOCK_PORT: String(options.port),
      PENSTOCK_DATA: this.dataDir,
      // One bundle for all services of all tests.
      PENSTOCK_PROGRAMS: join(cacheFolder(), 'programs'),
      KAFKA_BOOTSTRAP_SERVERS: options.bootstrapServers,
      ...options.env,
    };
    process.once('exit', () => this.kill());
  }

  /** Where it listens. Errors: on a free port, that is known only once it is ready. */
  get baseUrl(): string {
    if (this.#port !== 0) return `http://127.0.0.1:${this.#port}`;
    const url = /"url":"(http[^"]+)","dataDir"/.exec(this.#log())?.[1];
    if (url === undefined) throw new Error('the service has not said yet where it listens');
    return url;
  }

  /** Errors: there is no process. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the service was not started');
    return pid;
  }

  /** What the process of the last start has logged. */
  #log(): string {
    return readFileSync(this.#logFile).subarray(this.#logStart).toString();
  }

  /** Starts the process without waiting until it answers. */
  async start(): Promise<void> {
    // Another build makes its own, which may differ.
    if (this.#program === SERVICE && this.#env.DATABASE_URL === undefined) await prepareDatabase(this.dataDir);
    this.#logStart = existsSync(this.#logFile) ? statSync(this.#logFile).size : 0;
    const log = openSync(this.#logFile, 'a');
    const command = [...this.#within, process.execPath, '--no-node-snapshot', this.#program];
    const [program = process.execPath, ...args] = command;
    const child = spawn(program, args, {
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
      const ended = this.#child?.exitCode ?? this.#child?.signalCode ?? null;
      if (this.#child === undefined || ended !== null)
        throw new Hopeless(`the service ended by itself (${ended}): ${this.#log().slice(-3000)}`);
      const response = await fetch(`${this.baseUrl}/healthz`, { signal: AbortSignal.timeout(2000) });
      return response.ok ? true : undefined;
    });
  }

  /** Leaves nothing behind: neither the service nor its workers. Synchronous, for exit hooks. */
  kill(): void {
    this.#child?.kill('SIGKILL');
    killAllWorkers(this.dataDir);
  }

  /** Its exit code, or by what signal it ended; undefined where it had ended before, or was never started. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string | undefined> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return undefined;
    const gone = once(child, 'exit') as Promise<[number | null, string | null]>;
    child.kill(signal);
    const impatient = setTimeout(() => child.kill('SIGKILL'), 30_000);
    const [code, by] = await gone;
    clearTimeout(impatient);
    this.#child = undefined;
    return code ?? by ?? undefined;
  }

  /** A call to the service's own API as its administrator. */
  admin(method: string, path: string, body?: JsonObject): Promise<JsonValue> {
    return this.request(method, `/api/v1/${path}`, body);
  }

  /** A call to any of its paths as its administrator. */
  async request(method: string, path: string, body?: JsonObject, timeoutMs = 10_000): Promise<JsonValue> {
    const token = this.#env.PENSTOCK_ADMIN_TOKEN ?? readFileSync(join(this.dataDir, 'admin-token'), 'utf8').trim();
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : (JSON.parse(text) as JsonValue);
  }
}
