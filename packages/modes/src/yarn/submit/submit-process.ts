import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { RunFailure } from '@penstock/model';
import { trimLog } from '../../host/run-folder.ts';
import { javaMissing } from '../hadoop/java-program.ts';

/** A submission takes seconds; one that takes this long waits for a cluster that is not there. */
export const SUBMIT_LIMIT_MS = 120_000;

export interface SubmitProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logFile: string;
  /** Of the launch: begins its part of the log. */
  readonly tag: string;
  readonly onEnd: () => void;
}

/**
 * Starts the submitting program as a process of its own session, so that it ends what it has begun even where the
 * service does not live that long. Resolves to its pid once it runs. Errors: `JAVA_MISSING`.
 */
export const startSubmit = async (options: SubmitProcess): Promise<number> => {
  trimLog(options.logFile);
  const log = openSync(options.logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    writeSync(log, `${heading(options.tag)}\n`);
    child = spawn(options.command, options.args, {
      cwd: options.cwd,
      detached: true,
      env: options.env,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw javaMissing(error);
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), SUBMIT_LIMIT_MS);
  limit.unref();
  child.once('exit', () => {
    clearTimeout(limit);
    options.onEnd();
  });
  child.unref();
  return child.pid ?? 0;
};

const heading = (tag: string): string => `--- submission ${tag}`;
/** How much of the log is told as a reason. */
const MAX_REASON = 800;
const LOG_TAIL = 100_000;

/** Why a submission came to nothing, by what its program wrote last; undefined where it never began on this host. */
export const submitFailure = (logFile: string | undefined, tag: string): RunFailure | undefined => {
  if (logFile === undefined || !existsSync(logFile)) return undefined;
  const log = readFileSync(logFile, 'utf8').slice(-LOG_TAIL);
  const from = log.lastIndexOf(heading(tag));
  if (from === -1) return undefined;
  return {
    code: 'SUBMISSION_FAILED',
    message: `YARN did not get the application: ${lastWords(log.slice(from + heading(tag).length))}`,
    retryable: true,
  };
};

const lastWords = (log: string): string => {
  const lines = log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const told = lines.filter((line) => /^(?:Exception in thread|Caused by:|Error:)|\bERROR\b/.test(line));
  // Without an exception its last words have to do; frames of a stack trace say nothing to people.
  const chosen = told.length > 0 ? told : lines.filter((line) => !/^at |^\.\.\. \d+ more/.test(line));
  return chosen.slice(-3).join(' | ').slice(0, MAX_REASON) || 'its program ended without a word.';
};
