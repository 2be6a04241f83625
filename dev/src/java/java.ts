import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { AppError } from '@penstock/model';

const OLDEST_JAVA = 17;

/** The `java` to run jars with: `$JAVA_HOME/bin/java`, else the one on the PATH. Throws where it is missing or too old. */
export const findJava = (): string => {
  const home = process.env.JAVA_HOME;
  const java = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
  const where = java === 'java' ? 'on the PATH' : `at ${java} (from JAVA_HOME)`;
  const answer = spawnSync(java, ['-version'], { encoding: 'utf8' });
  if (answer.error !== undefined || answer.status !== 0) {
    throw new AppError(
      'DEV_JAVA_MISSING',
      `Java was not found ${where}: install a JDK ${OLDEST_JAVA} or newer, or set JAVA_HOME.`,
      { domain: 'user', cause: answer.error },
    );
  }
  // "1.8.0_292" for Java 8, "17.0.15" or "21-ea" for the newer ones.
  const version = /version "(?:1\.)?(\d+)/.exec(`${answer.stderr}${answer.stdout}`)?.[1];
  if (version === undefined || Number(version) < OLDEST_JAVA) {
    throw new AppError(
      'DEV_JAVA_TOO_OLD',
      `The Java ${where} is version ${version ?? 'unknown'}: install a JDK ${OLDEST_JAVA} or newer, or point JAVA_HOME at one.`,
      { domain: 'user' },
    );
  }
  return java;
};

/** The JAVA_HOME of that `java`, for programs that start others with it. */
export const javaHome = (java: string): string => {
  const answer = spawnSync(java, ['-XshowSettings:properties', '-version'], { encoding: 'utf8' });
  const home = /^\s*java\.home = (.+)$/m.exec(answer.stderr)?.[1]?.trim();
  if (home !== undefined) return home;
  throw new AppError('DEV_JAVA_MISSING', `${java} does not tell its home folder: set JAVA_HOME.`, { domain: 'user' });
};
