import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { AppError } from '@penstock/model';
import { findJava } from './java.ts';
import { tryLock } from './lock-file.ts';

/** Where things that can be fetched again are kept, shared by all checkouts of one user. */
export const cacheFolder = (): string => process.env.PENSTOCK_CACHE || join(homedir(), '.cache', 'penstock');

/**
 * The folder with the jars that `<pomDir>/pom.xml` asks for, fetched by Maven on first use. The folder's name carries
 * a hash of the pom, and it appears complete or not at all; several processes may ask at once.
 */
export const resolveJars = async (pomDir: string, onProgress: (line: string) => void = () => {}): Promise<string> => {
  const pom = join(pomDir, 'pom.xml');
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const name = `${basename(pomDir)}-${hash}`;
  const root = join(cacheFolder(), 'jars');
  const target = join(root, name);
  if (existsSync(target)) return target;
  findJava(); // Maven's own words about a missing Java are less clear
  mkdirSync(root, { recursive: true });
  // Only one Maven at a time: its local repository is not made for several.
  const lock = join(root, 'maven.lock');
  for (let waited = false; ; waited = true) {
    const taken = tryLock(lock);
    if (taken.held) {
      try {
        if (!existsSync(target)) {
          onProgress(`fetching the jars of ${basename(pomDir)} with Maven (once per machine)`);
          await copyJars(pom, target);
        }
        return target;
      } finally {
        taken.release();
      }
    }
    if (!waited) onProgress(`waiting for process ${taken.owner.pid}, which is fetching jars with Maven`);
    await delay(250);
  }
};

const copyJars = async (pom: string, target: string): Promise<void> => {
  const draft = `${target}.${randomUUID()}`;
  try {
    const { code, output } = await runMaven([
      '-q',
      '-B',
      '-Dstyle.color=never',
      '-f',
      pom,
      // By its full name, and asking again after a failure: else Maven's answer without a network is about prefixes.
      '-U',
      'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    ]);
    if (code !== 0) throw mavenFailure(output);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};

const runMaven = (args: readonly string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const maven = spawn(process.platform === 'win32' ? 'mvn.cmd' : 'mvn', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // It must not go on fetching for somebody who is gone.
    const end = (): void => void maven.kill();
    process.once('exit', end);
    maven.once('close', () => process.off('exit', end));
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-20_000);
    };
    maven.stdout.on('data', collect);
    maven.stderr.on('data', collect);
    maven.on('error', (cause) =>
      reject(
        new AppError(
          'DEV_MAVEN_MISSING',
          'Maven was not found (`mvn` on the PATH): install Maven 3.6 or newer; it fetches the jars of Kafka.',
          { domain: 'user', cause },
        ),
      ),
    );
    maven.on('close', (code) => resolve({ code, output }));
  });

const mavenFailure = (output: string): AppError => {
  // Maven colours its output whatever it is told.
  const plain = stripVTControlCharacters(output);
  const firstError = /^\[ERROR\]\s+(.+)$/m.exec(plain)?.[1]?.trim() ?? plain.trim().split('\n').at(-1) ?? 'no output';
  if (/No space left on device/i.test(output)) {
    return new AppError('DEV_DISK_FULL', `The disk is full: Maven could not write jars below ${cacheFolder()}.`, {
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
  return new AppError('DEV_MAVEN_FAILED', `Maven could not fetch the jars: ${firstError}`, { domain: 'external' });
};
