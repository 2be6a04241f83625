import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@penstock/model';
import { identityOf, isRunning, type ProcessIdentity, parseIdentity } from '@penstock/modes/process-identity';

const STOP_TIMEOUT_MS = 20_000;

/** A process that works on a folder, and the file in which it is written down who that is. */
export interface ProcessPlace {
  /** As people are told: "Kafka", "ResourceManager". */
  readonly title: string;
  /** Absolute. */
  readonly dir: string;
  /** Name of the file in `dir`. */
  readonly pidFile: string;
}

const pidFileOf = (place: ProcessPlace): string => join(place.dir, place.pidFile);

/** Writes down which process runs on a folder and who started it. */
export const rememberProcess = (place: ProcessPlace, pid: number): void =>
  writeFileSync(
    pidFileOf(place),
    JSON.stringify({ process: identityOf(pid), owner: identityOf(process.pid), dir: place.dir }),
  );

export const forgetProcess = (place: ProcessPlace): void => rmSync(pidFileOf(place), { force: true });

/**
 * Stops a process whose owner was killed. Only one that is certainly ours: same pid, same start time, same folder.
 * Throws `DEV_FOLDER_IN_USE` where the owner lives.
 */
export const stopLeftover = async (place: ProcessPlace, onProgress: (line: string) => void): Promise<void> => {
  const { leftover, owner } = readPidFile(place);
  if (leftover !== undefined && isRunning(leftover)) {
    if (owner !== undefined && isRunning(owner)) {
      throw new AppError(
        'DEV_FOLDER_IN_USE',
        `${place.dir} is in use by the ${place.title} (process ${leftover.pid}) that process ${owner.pid} started.`,
        { domain: 'user' },
      );
    }
    onProgress(`stopping the ${place.title} that an earlier run left behind (process ${leftover.pid})`);
    await endProcess(leftover, STOP_TIMEOUT_MS);
  }
  forgetProcess(place);
};

/** SIGTERM, after `patienceMs` SIGKILL; resolves when the process is gone. */
export const endProcess = async (identity: ProcessIdentity, patienceMs: number): Promise<void> => {
  const deadline = Date.now() + patienceMs;
  let signal: NodeJS.Signals | undefined = 'SIGTERM';
  while (isRunning(identity)) {
    if (signal !== undefined) sendSignal(identity.pid, signal);
    signal = Date.now() > deadline ? 'SIGKILL' : undefined;
    await delay(50);
  }
};

/** Sends a signal to a process that may have ended by now. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

interface PidFile {
  readonly leftover?: ProcessIdentity | undefined;
  readonly owner?: ProcessIdentity | undefined;
}

const readPidFile = (place: ProcessPlace): PidFile => {
  const file = pidFileOf(place);
  if (!existsSync(file)) return {};
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as { process?: unknown; owner?: unknown; dir?: unknown };
    if (content.dir !== place.dir) return {};
    return { leftover: parseIdentity(content.process), owner: parseIdentity(content.owner) };
  } catch {
    return {}; // cut short by a crash: it names nobody
  }
};
