import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isRunning, parseIdentity } from '@penstock/modes/process-identity';

const ROLL_LOG_BYTES = 20 * 2 ** 20;

export interface ManagedProcessOptions {
  /** Names the log `<name>.log` and the pid file `<name>.pid.json` in `dir`. */
  readonly name: string;
  readonly dir: string;
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How long an orderly end may take before it is forced. */
  readonly stopTimeoutMs: number;
}

/** A Node program of ours in a process of its own, with a log file, that ends with its owner. */
export class ManagedProcess {
  readonly logFile: string;
  readonly #options: ManagedProcessOptions;
  readonly #pidFile: string;
  #child: ChildProcess | undefined;
  #stopping = false;
  readonly #onProcessExit = (): void => {
    this.#child?.kill('SIGKILL');
  };

  constructor(options: ManagedProcessOptions) {
    this.#options = options;
    this.logFile = join(options.dir, `${options.name}.log`);
    this.#pidFile = join(options.dir, `${options.name}.pid.json`);
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it. `onEnd` is called when it ends without having been told to. */
  async start(
    onEnd: (reason: string) => void,
    moreEnv: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
  ): Promise<void> {
    if (existsSync(this.logFile) && statSync(this.logFile).size > ROLL_LOG_BYTES) {
      renameSync(this.logFile, `${this.logFile}.1`);
    }
    const log = openSync(this.logFile, 'a', 0o600);
    const { script, env = {} } = this.#options;
    // A session of its own: Ctrl-C in a terminal reaches only the starter, which ends things in the right order.
    const child = spawn(
      process.execPath,
      ['--no-node-snapshot', '--disable-warning=ExperimentalWarning', script, ...args],
      { detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...env, ...moreEnv } },
    );
    closeSync(log);
    // Known from here on: whoever gives up meanwhile must find it to end it.
    this.#child = child;
    this.#stopping = false;
    process.once('exit', this.#onProcessExit);
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      process.off('exit', this.#onProcessExit);
      rmSync(this.#pidFile, { force: true });
      if (!this.#stopping) onEnd(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
    await once(child, 'spawn');
    writeFileSync(this.#pidFile, JSON.stringify(identityOf(child.pid ?? 0) ?? null));
  }

  /** Orderly end, by force after the time-out. Tells whether force was needed. */
  async stop(): Promise<{ forced: boolean }> {
    const child = this.#child;
    if (child === undefined) return { forced: false };
    this.#stopping = true;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    let forced = false;
    const impatient = setTimeout(() => {
      forced = true;
      child.kill('SIGKILL');
    }, this.#options.stopTimeoutMs);
    await gone;
    clearTimeout(impatient);
    return { forced };
  }

  /** Ends the process that a killed owner left behind. To be called only by who holds the data folder. */
  async stopLeftover(onProgress: (line: string) => void): Promise<void> {
    if (!existsSync(this.#pidFile)) return;
    const leftover = parseIdentity(parseJson(readFileSync(this.#pidFile, 'utf8')));
    if (leftover !== undefined && isRunning(leftover)) {
      onProgress(`stopping the ${this.#options.name} that an earlier run left behind (process ${leftover.pid})`);
      process.kill(leftover.pid, 'SIGTERM');
      const deadline = Date.now() + this.#options.stopTimeoutMs;
      while (isRunning(leftover)) {
        if (Date.now() > deadline) process.kill(leftover.pid, 'SIGKILL');
        await delay(50);
      }
    }
    rmSync(this.#pidFile, { force: true });
  }

  /** The end of its log, for an error message. */
  lastLines(count: number): string {
    if (!existsSync(this.logFile)) return '';
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // cut short by a crash
  }
};
