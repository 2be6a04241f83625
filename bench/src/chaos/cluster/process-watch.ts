import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { containerProcesses, identityOf, isRunning, type ProcessIdentity } from '@penstock/dev';

const LOOK_EVERY_MS = 500;

/** What of an application can be killed. */
export type ContainerRole = 'worker' | 'executor' | 'driver';

const MAIN_CLASSES: Readonly<Record<'executor' | 'driver', string>> = {
  executor: 'org.apache.spark.executor.YarnCoarseGrainedExecutorBackend',
  driver: 'org.apache.spark.deploy.yarn.ApplicationMaster',
};

/**
 * Looks again and again at what runs in containers of one YARN, and at the programs that submit to it for one service.
 * All processes ever seen are remembered, so that none is left behind unnoticed.
 */
export class ProcessWatch {
  readonly #nodesDir: string;
  readonly #dataDir: string;
  readonly #seen = new Map<string, { readonly identity: ProcessIdentity; readonly title: string }>();
  readonly #timer: NodeJS.Timeout;
  readonly #onProcessExit = (): void => this.#killSubmits();

  constructor(options: { readonly yarnDir: string; readonly dataDir: string }) {
    // Without links: processes are recognised by the folder they work in.
    this.#nodesDir = join(realpathSync(options.yarnDir), 'nodes');
    this.#dataDir = options.dataDir;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
    process.once('exit', this.#onProcessExit);
  }

  /** Pids of the processes of a role that run now, in whichever attempt or application. */
  running(role: ContainerRole): number[] {
    return containerProcesses(this.#nodesDir)
      .map(({ pid }) => pid)
      .filter((pid) => isOfRole(role, argumentsOf(pid)));
  }

  /** Pids of the programs that are submitting for the service now. */
  submitting(): number[] {
    return allPids().filter((pid) => isSubmit(argumentsOf(pid), this.#dataDir));
  }

  /** Of all that was ever seen and of all there is now, what still runs; one line each. */
  left(): string[] {
    this.#look();
    return [...this.#seen.values()]
      .filter(({ identity }) => isRunning(identity))
      .map(({ identity, title }) => `${identity.pid} ${title}`);
  }

  /** Ends the looking, and the submitting programs that a run which was broken off left behind. */
  stop(): void {
    clearInterval(this.#timer);
    process.off('exit', this.#onProcessExit);
    this.#killSubmits();
  }

  #look(): void {
    for (const identity of containerProcesses(this.#nodesDir)) this.#remember(identity);
    for (const pid of this.submitting()) this.#remember(identityOf(pid));
  }

  #remember(identity: ProcessIdentity | undefined): void {
    if (identity === undefined) return;
    const key = `${identity.pid} ${identity.startedAt}`;
    // A container's shell becomes its program: what a process is called may change.
    const title = argumentsOf(identity.pid).join(' ').slice(0, 300);
    if (title !== '' || !this.#seen.has(key)) this.#seen.set(key, { identity, title });
  }

  #killSubmits(): void {
    for (const pid of this.submitting()) killByForce(pid);
  }
}

/** False where it has just ended. */
export const killByForce = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
};

const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const argumentsOf = (pid: number): string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return []; // it has ended
  }
};

const isOfRole = (role: ContainerRole, [program = '', ...rest]: readonly string[]): boolean =>
  role === 'worker'
    ? program.endsWith('/node') && rest.some((argument) => argument.endsWith('/range-main.js'))
    : program.endsWith('java') && rest.includes(MAIN_CLASSES[role]);

const isSubmit = ([program = '', ...rest]: readonly string[], dataDir: string): boolean =>
  program.endsWith('java') &&
  rest.includes('org.apache.spark.deploy.SparkSubmit') &&
  rest.some((argument) => argument.includes(dataDir));
