import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '@penstock/model';
import { cacheFolder } from '../java/maven.ts';
import { isPortFree } from '../ports.ts';
import { ManagedProcess } from './managed-process.ts';

const SERVICE_MAIN = fileURLToPath(new URL('../../../packages/server/src/main.ts', import.meta.url));

const START_TIMEOUT_MS = 60_000;
/** Workers drain first; each of them is bounded by the service. */
const STOP_TIMEOUT_MS = 45_000;
const RESTARTS_PER_MINUTE = 5;

export interface ServiceOptions {
  /** Address it listens on. */
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly onProgress: (line: string) => void;
}

/** The service of this machine as a child process; started again when it dies. */
export class Service {
  readonly baseUrl: string;
  readonly #options: ServiceOptions;
  readonly #process: ManagedProcess;
  #env: Readonly<Record<string, string>> = {};
  #deaths: number[] = [];
  #isStarting = true;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.baseUrl = `http://${reachableAs(options.host)}:${options.port}`;
    this.#process = new ManagedProcess({
      name: 'service',
      dir: options.dataDir,
      script: SERVICE_MAIN,
      env: {
        PENSTOCK_PORT: String(options.port),
        PENSTOCK_DATA: options.dataDir,
        // One bundle for all data folders.
        PENSTOCK_PROGRAMS: join(cacheFolder(), 'programs'),
        // What npm start started it also stops; a service that runs on its own leaves its workers running.
        PENSTOCK_STOP_WORKERS_ON_EXIT: '1',
      },
      stopTimeoutMs: STOP_TIMEOUT_MS,
    });
  }

  get logFile(): string {
    return this.#process.logFile;
  }

  get adminTokenFile(): string {
    return join(this.#options.dataDir, 'admin-token');
  }

  /** Ends a service that a killed starter left behind, then looks whether the port is free. */
  async prepare(): Promise<void> {
    await this.#process.stopLeftover(this.#options.onProgress);
    await guardPort(this.#options.port);
  }

  /** Starts its process, with these variables besides our own; Kafka may still be on its way up. */
  async launch(env: Readonly<Record<string, string>>): Promise<void> {
    this.#env = env;
    await this.#spawn();
  }

  async stop(): Promise<void> {
    const { forced } = await this.#process.stop();
    if (forced) this.#options.onProgress(`the service did not end within ${STOP_TIMEOUT_MS / 1000} s and was killed`);
  }

  #spawn(): Promise<void> {
    return this.#process.start((reason) => this.#onDeath(reason), this.#env);
  }

  /** Waits until it can do its work; Kafka has to be up by now. */
  async ready(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    let answer = 'nobody answered';
    for (;;) {
      if (!this.#process.isRunning) throw this.#failure('The service ended while starting.');
      try {
        const response = await fetch(`${this.baseUrl}/readyz`, { signal: AbortSignal.timeout(5000) });
        answer = `HTTP status ${response.status}: ${(await response.text()).slice(0, 300)}`;
        if (response.ok) break;
      } catch (error) {
        answer = error instanceof Error ? error.message : String(error);
      }
      if (Date.now() > deadline) {
        throw this.#failure(`The service was not ready within ${START_TIMEOUT_MS / 1000} s (${answer}).`);
      }
      await delay(50);
    }
    this.#isStarting = false;
  }

  #failure(what: string): AppError {
    return new AppError('DEV_SERVICE_FAILED', `${what} The end of ${this.logFile}:\n${this.#process.lastLines(15)}`, {
      domain: 'internal',
    });
  }

  /** A service that dies later is started again, a few times a minute at most. Pipelines run on meanwhile. */
  #onDeath(reason: string): void {
    if (this.#isStarting) return;
    const { onProgress } = this.#options;
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < 60_000), now];
    if (this.#deaths.length > RESTARTS_PER_MINUTE) {
      onProgress(`the service ended (${reason}) too often and stays down; see ${this.logFile}`);
      return;
    }
    onProgress(`the service ended (${reason}); starting it again`);
    this.#spawn().catch((error) => onProgress(String(error)));
  }
}

/** All addresses means this one too. */
const reachableAs = (host: string): string => {
  if (['0.0.0.0', '::'].includes(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

const guardPort = async (port: number): Promise<void> => {
  if (await isPortFree(port)) return;
  throw new AppError(
    'DEV_PORT_IN_USE',
    `Port ${port} of 127.0.0.1 is in use by another program: stop it, or choose another port with --port.`,
    { domain: 'user' },
  );
};
