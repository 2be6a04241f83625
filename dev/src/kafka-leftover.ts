import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@penstock/model';
import { identityOf, isRunning, type ProcessIdentity, parseIdentity } from './process-identity.ts';

const STOP_TIMEOUT_MS = 20_000;

const pidFileOf = (dir: string): string => join(dir, 'kafka.pid.json');

/** Writes down which broker runs on a folder and who started it. */
export const rememberBroker = (dir: string, pid: number): void =>
  writeFileSync(pidFileOf(dir), JSON.stringify({ broker: identityOf(pid), owner: identityOf(process.pid), dir }));

export const forgetBroker = (dir: string): void => rmSync(pidFileOf(dir), { force: true });

/**
 * Stops a broker whose owner was killed. Only one that is certainly ours: same pid, same start time, same folder.
 * Throws `DEV_FOLDER_IN_USE` where the owner lives.
 */
export const stopLeftoverKafka = async (folder: string, onProgress: (line: string) => void): Promise<void> => {
  const dir = resolve(folder);
  const { broker, owner } = readPidFile(dir);
  if (broker !== undefined && isRunning(broker)) {
    if (owner !== undefined && isRunning(owner)) {
      throw new AppError(
        'DEV_FOLDER_IN_USE',
        `${dir} is in use by the Kafka (process ${broker.pid}) that process ${owner.pid} started.`,
        { domain: 'user' },
      );
    }
    onProgress(`stopping the Kafka that an earlier run left behind (process ${broker.pid})`);
    await endProcess(broker);
  }
  forgetBroker(dir);
};

const endProcess = async (identity: ProcessIdentity): Promise<void> => {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  let signal: NodeJS.Signals | undefined = 'SIGTERM';
  while (isRunning(identity)) {
    if (signal !== undefined) sendSignal(identity.pid, signal);
    signal = Date.now() > deadline ? 'SIGKILL' : undefined;
    await delay(50);
  }
};

const sendSignal = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // it has just ended
  }
};

const readPidFile = (dir: string): { broker?: ProcessIdentity | undefined; owner?: ProcessIdentity | undefined } => {
  const pidFile = pidFileOf(dir);
  if (!existsSync(pidFile)) return {};
  try {
    const content = JSON.parse(readFileSync(pidFile, 'utf8')) as { broker?: unknown; owner?: unknown; dir?: unknown };
    if (content.dir !== dir) return {};
    return { broker: parseIdentity(content.broker), owner: parseIdentity(content.owner) };
  } catch {
    return {}; // cut short by a crash: it names nobody
  }
};
