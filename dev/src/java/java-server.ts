import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@penstock/model';
import { diskFull } from '../disk-full.ts';
import { forgetProcess, type ProcessPlace, rememberProcess } from '../orphaned-process.ts';
import { isPortFree } from '../ports.ts';

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 20_000;
/** One that was killed may need a moment to let go of its ports. */
const PORT_PATIENCE_MS = 10_000;

export interface JavaServerOptions {
  readonly place: ProcessPlace;
  readonly java: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of the loopback address; the first is the one people are told. */
  readonly ports: readonly number[];
  /** What it logs, and what it prints where logging does not work yet. */
  readonly logFile: string;
  readonly outputFile: string;
  /** Code of the error when it does not start. */
  readonly failureCode: string;
  /** Whether it does its work; asked until it does. */
  readonly isReady: () => Promise<boolean>;
  readonly onProgress: (line: string) => void;
  /** Called when it ends though nobody here told it to. */
  readonly onUnexpectedExit: (() => void) | undefined;
}

/**
 * A Java program that serves on ports of the loopback address, in a process of its own. It can be started, stopped and
 * killed any number of times, and ends with this process, unless that is killed by force.
 */
export class JavaServer {
  readonly #options: JavaServerOptions;
  #child: ChildProcess | undefined;
  #pid = 0;
  #startedAt = 0;
  #isUp = false;
  #isEnding = false;
  readonly #onProcessExit = (): void => {
    this.#child?.kill('SIGKILL');
  };

  constructor(options: JavaServerOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.place.title;
  }

  get logFile(): string {
    return this.#options.logFile;
  }

  /** Of the last process while it is stopped. */
  get pid(): number {
    return this.#pid;
  }

  /** Unix ms of the last start. */
  get startedAt(): number {
    return this.#startedAt;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it and waits until it is ready; nothing where it runs already. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const { ports, place, onProgress } = this.#options;
    await this.#guardPorts();
    onProgress(`starting ${place.title} on 127.0.0.1:${ports[0]}`);
    await this.#untilReady(await this.#spawn());
    this.#isUp = true;
  }

  /** Orderly end; by force after 20 s. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** SIGKILL; resolves when the process is gone. */
  kill9(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async #guardPorts(): Promise<void> {
    const deadline = Date.now() + (this.#pid === 0 ? 0 : PORT_PATIENCE_MS);
    for (const port of this.#options.ports) {
      while (!(await isPortFree(port))) {
        if (Date.now() >= deadline) throw this.#portInUse(port);
        await delay(100);
      }
    }
  }

  #portInUse(port: number): AppError {
    const { title } = this.#options.place;
    return new AppError(
      'DEV_PORT_IN_USE',
      `Port ${port} of 127.0.0.1 is in use: ${title} needs it; stop the other program or choose another port.`,
      { domain: 'user', params: { port } },
    );
  }

  async #spawn(): Promise<ChildProcess> {
    const { java, args, env, outputFile, place } = this.#options;
    const output = openSync(outputFile, 'w');
    // An own process group: Ctrl-C in a terminal must not reach it before those who still work with it.
    const child = spawn(java, args, {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env },
    });
    closeSync(output);
    this.#child = child;
    this.#startedAt = Date.now();
    process.once('exit', this.#onProcessExit);
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
      process.off('exit', this.#onProcessExit);
      if (this.#isUp && !this.#isEnding) this.#options.onUnexpectedExit?.();
      this.#isUp = false;
    });
    await once(child, 'spawn');
    this.#pid = child.pid ?? 0;
    rememberProcess(place, this.#pid);
    return child;
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const { title } = this.#options.place;
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#options.isReady())) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw this.failure(`${title} ended while starting (exit ${child.exitCode ?? child.signalCode}).`);
      }
      if (Date.now() > deadline) {
        await this.kill9();
        throw this.failure(`${title} was not ready within ${START_TIMEOUT_MS / 1000} s.`);
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
    forgetProcess(this.#options.place);
  }

  /** An error that ends with the last lines of its log and output. */
  failure(what: string): AppError {
    const { logFile, outputFile, place, failureCode } = this.#options;
    const lines = [...lastLines(logFile), ...lastLines(outputFile)].join('\n');
    if (/No space left on device/.test(lines)) return diskFull(place.dir);
    return new AppError(failureCode, `${what} The end of ${logFile}:\n${lines}`, { domain: 'external' });
  }
}

const lastLines = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12) : [];
