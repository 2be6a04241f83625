import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { AppError, messageOf } from '@penstock/model';
import type { YarnSettings } from '../yarn-settings.ts';

/** `$JAVA_HOME/bin/java`, else the `java` on the PATH. */
export const javaCommand = (env: NodeJS.ProcessEnv = process.env): string =>
  env.JAVA_HOME === undefined || env.JAVA_HOME === '' ? 'java' : join(env.JAVA_HOME, 'bin', 'java');

/** Spark's jars hold Hadoop's clients; its configuration comes first, so that they know the cluster. */
export const classPath = (settings: Pick<YarnSettings, 'hadoopConfDir' | 'sparkJars'>): string =>
  `${settings.hadoopConfDir}:${join(settings.sparkJars, '*')}`;

/** A JVM that does a small job and ends: little memory, no time spent on optimising. */
export const SMALL_JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** What Java programs see of the service's environment: nothing that could hold a secret of ours. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TZ',
  'LANG',
  'LC_ALL',
  'JAVA_HOME',
  'HADOOP_USER_NAME',
  'KRB5_CONFIG',
  'KRB5CCNAME',
];

/** With `kerberos` Hadoop's programs log in with the keytab by themselves. */
export const javaEnvironment = (
  settings: Pick<YarnSettings, 'hadoopConfDir' | 'kerberos'>,
  own: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(PASSED_ON.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]]))),
  HADOOP_CONF_DIR: settings.hadoopConfDir,
  YARN_CONF_DIR: settings.hadoopConfDir,
  ...(settings.kerberos === undefined
    ? {}
    : { KRB5PRINCIPAL: settings.kerberos.principal, KRB5KEYTAB: settings.kerberos.keytab }),
});

export interface JavaAnswer {
  readonly code: number | null;
  readonly output: string;
  /** The end of what it wrote to standard error. */
  readonly errors: string;
}

const MAX_OUTPUT = 1024 * 1024;
const TIMEOUT_MS = 300_000;

/**
 * Runs a program of Hadoop out of Spark's jars to its end.
 * Errors: `JAVA_MISSING`; `HADOOP_PROGRAM_STUCK` where it takes longer than `timeoutMs` (default 5 min).
 */
export const runHadoop = (
  settings: YarnSettings,
  mainClass: string,
  args: readonly string[],
  timeoutMs = TIMEOUT_MS,
): Promise<JavaAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<JavaAnswer>();
  const child = spawn(javaCommand(), [...SMALL_JVM, '-cp', classPath(settings), mainClass, ...args], {
    env: javaEnvironment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output = (output + chunk).slice(-MAX_OUTPUT);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors = (errors + chunk).slice(-4000);
  });
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    const name = mainClass.slice(mainClass.lastIndexOf('.') + 1);
    reject(
      new AppError(
        'HADOOP_PROGRAM_STUCK',
        `Hadoop's ${name} ${args[0] ?? ''} did not end within ${timeoutMs / 1000} s.`,
        {
          domain: 'external',
          retryable: true,
        },
      ),
    );
  }, timeoutMs);
  child.once('error', (error) => {
    clearTimeout(timer);
    reject(javaMissing(error));
  });
  child.once('close', (code) => {
    clearTimeout(timer);
    resolve({ code, output, errors });
  });
  return promise;
};

export const javaMissing = (cause: unknown): AppError =>
  new AppError(
    'JAVA_MISSING',
    `Java cannot be started (${messageOf(cause)}): install Java 17 where the service runs, or set JAVA_HOME.`,
    { domain: 'user', cause },
  );
