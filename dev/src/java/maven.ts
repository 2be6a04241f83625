import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { AppError } from '@penstock/model';
import { tryLock } from '../lock-file.ts';
import { findJava } from './java.ts';

/** Where things that can be fetched or built again are kept, shared by all checkouts of one user. */
export const cacheFolder = (): string => process.env.PENSTOCK_CACHE || join(homedir(), '.cache', 'penstock');

/**
 * Does something with Maven while no other process of this user does: its local repository is not made for several.
 */
export const withMaven = async <T>(onProgress: (line: string) => void, work: () => Promise<T>): Promise<T> => {
  findJava(); // Maven's own words about a missing Java are less clear
  const root = join(cacheFolder(), 'jars');
  mkdirSync(root, { recursive: true });
  const lock = join(root, 'maven.lock');
  for (let waited = false; ; waited = true) {
    const taken = tryLock(lock);
    if (taken.held) {
      try {
        return await work();
      } finally {
        taken.release();
      }
    }
    if (!waited) onProgress(`waiting for process ${taken.owner.pid}, which is at work with Maven`);
    await delay(250);
  }
};

/** Runs Maven, quietly; `what` says in an error what it could not do: "fetch the jars". */
export const runMaven = async (what: string, args: readonly string[]): Promise<void> => {
  const { code, output } = await maven(['-q', '-B', '-Dstyle.color=never', ...args]);
  if (code !== 0) throw mavenFailure(what, output);
};

const maven = (args: readonly string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.platform === 'win32' ? 'mvn.cmd' : 'mvn', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // It must not go on for somebody who is gone.
    const end = (): void => void child.kill();
    process.once('exit', end);
    child.once('close', () => process.off('exit', end));
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (cause) =>
      reject(
        new AppError(
          'DEV_MAVEN_MISSING',
          'Maven was not found (`mvn` on the PATH): install Maven 3.6 or newer; it fetches the jars of Kafka, YARN and Spark.',
          { domain: 'user', cause },
        ),
      ),
    );
    child.on('close', (code) => resolve({ code, output }));
  });

const mavenFailure = (what: string, output: string): AppError => {
  // Maven colours its output whatever it is told.
  const plain = stripVTControlCharacters(output);
  const firstError = /^\[ERROR\]\s+(.+)$/m.exec(plain)?.[1]?.trim() ?? plain.trim().split('\n').at(-1) ?? 'no output';
  if (/No space left on device/i.test(output)) {
    return new AppError('DEV_DISK_FULL', `The disk is full: Maven could not write below ${cacheFolder()}.`, {
      domain: 'external',
    });
  }
  if (
    /Could not transfer|Unknown host|UnknownHost|Connection refused|Network is unreachable|timed out|offline mode/i.test(
      output,
    )
  ) {
    return new AppError(
      'DEV_MAVEN_OFFLINE',
      `Maven could not reach its repository (is the network up, and is a proxy or mirror set in Maven's settings.xml?): ${firstError}`,
      { domain: 'external', retryable: true },
    );
  }
  return new AppError('DEV_MAVEN_FAILED', `Maven could not ${what}: ${firstError}`, { domain: 'external' });
};
