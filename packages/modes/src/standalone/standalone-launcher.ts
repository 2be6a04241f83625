import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, messageOf, type RunSpec } from '@penstock/model';
import { placeOf } from '../host/place.ts';
import { findByLastArgument, isSameProcess, processStartOf } from '../host/process-identity.ts';
import { residentMbOf } from '../host/resident-memory.ts';
import { announceEndpoint, RunFolder, trimLog } from '../host/run-folder.ts';
import type { Launcher, TerminateHow } from '../supervision/launcher.ts';
import type { ProcessExit, StandaloneEvidence, StandaloneLaunch } from './standalone-records.ts';

export interface StandaloneLauncherOptions {
  readonly dataDir: string;
  readonly host: string;
  /** Default: `placeOf` the host. */
  readonly place?: string;
  /** The worker's program file, as it is to be launched now. */
  readonly workerMain: () => Promise<string>;
  /** The file in which workers look up where the service is. */
  readonly endpointsFile: string;
  /** Where this instance is reached. */
  readonly ownUrl: () => string;
  /** Called when a process this instance started has ended, so that nobody has to wait for the next look. */
  readonly onExit?: (runLaunchId: string) => void;
}

/** How many ended processes are remembered; each run has one live launch, and looks at its end within seconds. */
const MAX_EXITS_KEPT = 1000;

/** Share of a worker's memory that JavaScript objects may use; the rest is for buffers, code and threads. */
const HEAP_SHARE = 0.6;

/**
 * Runs each worker as a process of its own session on this machine: it survives the service, and a later instance
 * recognises it by pid and start time, or, where the pid was never written down, by its spec file argument.
 */
export class StandaloneLauncher implements Launcher<StandaloneLaunch, StandaloneEvidence> {
  readonly #options: StandaloneLauncherOptions;
  readonly #place: string;
  readonly #exits = new Map<string, ProcessExit>();
  /** Processes this instance started whose end it has not been told of yet. */
  readonly #children = new Set<string>();

  constructor(options: StandaloneLauncherOptions) {
    this.#options = options;
    this.#place = options.place ?? placeOf(options.host);
  }

  prepare(runId: string, now: number): StandaloneLaunch {
    const launchId = randomUUID();
    const folder = this.#folder(runId);
    return {
      launchId,
      kind: 'standalone',
      host: this.#options.host,
      place: this.#place,
      at: now,
      specFile: folder.specFileOf(launchId),
      logFile: folder.logFile,
      endpointsFile: this.#options.endpointsFile,
    };
  }

  async launch(record: StandaloneLaunch, spec: RunSpec): Promise<StandaloneLaunch> {
    const workerMain = await this.#options.workerMain();
    const { specFile, logFile } = filesOf(record);
    if (!existsSync(workerMain)) {
      throw new AppError('LAUNCH_PROGRAM_MISSING', `The worker program ${workerMain} does not exist.`, {
        domain: 'internal',
      });
    }
    const folder = this.#folder(spec.runId);
    let child: ChildProcess;
    try {
      folder.writeSpec(specFile, spec);
      trimLog(logFile);
      const log = openSync(logFile, 'a', 0o600);
      try {
        child = spawn(process.execPath, workerArguments(workerMain, specFile, spec.memoryMb), {
          cwd: folder.path,
          detached: true,
          env: workerEnvironment(process.env),
          stdio: ['ignore', log, log],
        });
      } finally {
        closeSync(log);
      }
      this.#children.add(record.launchId);
      child.once('error', () => this.#children.delete(record.launchId));
      child.once('exit', (code, signal) => this.#noteExit(record.launchId, { code, signal }));
      await once(child, 'spawn');
    } catch (error) {
      throw new AppError('LAUNCH_FAILED', `The worker process could not be started: ${messageOf(error)}`, {
        domain: 'external',
        retryable: true,
        cause: error,
      });
    }
    child.unref();
    const pid = child.pid ?? 0;
    const processStartedAt = processStartOf(pid);
    const launched = { ...record, pid, memoryMb: spec.memoryMb };
    // It may have ended already; then its exit tells, and there is nothing to recognise later.
    return processStartedAt === undefined ? launched : { ...launched, processStartedAt };
  }

  async evidence(record: StandaloneLaunch): Promise<StandaloneEvidence> {
    if (!this.#isHere(record)) return { kind: 'out-of-sight', host: record.host };
    const exit = this.#exits.get(record.launchId);
    if (exit !== undefined) return { kind: 'dead', exit };
    const { pid, processStartedAt } = record;
    if (pid !== undefined) {
      // A child that has ended is not dead before its exit code is known: what to do next depends on it.
      const isOwn = this.#children.has(record.launchId);
      const alive = processStartedAt !== undefined && (isOwn || isSameProcess(pid, processStartedAt));
      return alive ? aliveAs(pid, processStartedAt) : { kind: 'dead' };
    }
    const found = findByLastArgument(filesOf(record).specFile);
    if (found === undefined) return { kind: 'never-started' };
    return aliveAs(found.pid, found.startedAt);
  }

  async terminate(record: StandaloneLaunch, how: TerminateHow): Promise<void> {
    const seen = await this.evidence(record);
    if (seen.kind !== 'alive') return;
    try {
      process.kill(seen.pid, how === 'kill' ? 'SIGKILL' : 'SIGTERM');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  async tend(record: StandaloneLaunch): Promise<void> {
    if (!this.#isHere(record)) return;
    trimLog(filesOf(record).logFile);
    // A worker of an instance that is gone would go on looking for it, in its data folder.
    const { endpointsFile } = record;
    if (endpointsFile === undefined || endpointsFile === this.#options.endpointsFile) return;
    if (existsSync(dirname(endpointsFile))) announceEndpoint(endpointsFile, this.#options.ownUrl());
  }

  async forget(runId: string): Promise<void> {
    this.#folder(runId).removeSpecs();
  }

  /** Whether a process of this launch could be seen from here. */
  #isHere(record: StandaloneLaunch): boolean {
    return record.place === undefined ? record.host === this.#options.host : record.place === this.#place;
  }

  #folder(runId: string): RunFolder {
    return new RunFolder(this.#options.dataDir, runId);
  }

  #noteExit(launchId: string, exit: ProcessExit): void {
    const oldest = this.#exits.keys().next();
    if (this.#exits.size >= MAX_EXITS_KEPT && !oldest.done) this.#exits.delete(oldest.value);
    this.#children.delete(launchId);
    this.#exits.set(launchId, exit);
    this.#options.onExit?.(launchId);
  }
}

const aliveAs = (pid: number, processStartedAt: string): StandaloneEvidence => {
  const residentMb = residentMbOf(pid);
  return { kind: 'alive', pid, processStartedAt, ...(residentMb === undefined ? {} : { residentMb }) };
};

/** Heap per thread is the worker's own matter; this bounds its main thread. */
const workerArguments = (workerMain: string, specFile: string, memoryMb: number): string[] => [
  // isolated-vm needs a Node started without its snapshot.
  '--no-node-snapshot',
  `--max-old-space-size=${Math.max(64, Math.floor(memoryMb * HEAP_SHARE))}`,
  workerMain,
  specFile,
];

/** What a worker sees of the service's environment: nothing that could hold a secret. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];
const workerEnvironment = (own: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(PASSED_ON.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));

const filesOf = (record: StandaloneLaunch): { specFile: string; logFile: string } => {
  const { specFile, logFile } = record;
  if (specFile !== undefined && logFile !== undefined) return { specFile, logFile };
  throw new Error(`launch ${record.launchId} names no files`);
};
