import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';

/** What a whole process cost, from its start to its end. */
export interface ProcessCost {
  /** User + system time of the process with all its threads, in ms, as the kernel counted it when it was reaped. */
  readonly cpuMs: number;
  /** Largest resident set, in MiB (VmHWM). */
  readonly peakRssMb: number;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface MeasuredProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when the process has ended. Only one measured process may end at a time. */
  readonly ended: Promise<ProcessCost>;
  /** Resident set now, in MiB. */
  rssMb(): number;
}

const RSS_POLL_MS = 50;

/** Throws with a clear sentence where the machine cannot tell what a process cost. */
export const checkCanMeasure = (): void => {
  if (!existsSync('/proc/self/stat')) {
    throw new Error('The benchmark reads /proc to know what a process cost: run it on Linux.');
  }
};

/** Starts a process whose cost is counted. Its standard output and error go to `logFile`. */
export const startMeasured = (
  command: string,
  args: readonly string[],
  options: { readonly logFile: string; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): MeasuredProcess => {
  const before = reapedChildrenCpuMs();
  const log = openSync(options.logFile, 'a');
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  closeSync(log);
  endWithThisProcess(child);
  const pid = child.pid ?? 0;
  let peakRssMb = 0;
  const poll = setInterval(() => {
    peakRssMb = Math.max(peakRssMb, memoryMb(pid, 'VmHWM'));
  }, RSS_POLL_MS);
  const ended = new Promise<ProcessCost>((resolve, reject) => {
    child.once('error', (error) => {
      clearInterval(poll);
      reject(error);
    });
    child.once('exit', (exitCode, signal) => {
      clearInterval(poll);
      resolve({ cpuMs: reapedChildrenCpuMs() - before, peakRssMb, exitCode, signal });
    });
  });
  // Whoever started it awaits `ended` later; until then a failure to start must not end this process.
  ended.catch(() => {});
  return { child, pid, ended, rssMb: () => memoryMb(pid, 'VmRSS') };
};

const living = new Set<ChildProcess>();

/** Ctrl-C must leave nothing behind. */
const endWithThisProcess = (child: ChildProcess): void => {
  if (living.size === 0) process.once('exit', killLiving);
  living.add(child);
  child.once('exit', () => {
    living.delete(child);
    if (living.size === 0) process.removeListener('exit', killLiving);
  });
};

const killLiving = (): void => {
  for (const child of living) child.kill('SIGKILL');
};

let ticksPerSecond: number | undefined;

/**
 * CPU time of all children that have ended and been waited for: exact, and complete also for the last moments of a
 * process, which a poll of its own /proc entry would miss. proc(5): cutime and cstime are fields 16 and 17.
 */
const reapedChildrenCpuMs = (): number => {
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / ticksPerSecond;
};

const memoryMb = (pid: number, name: 'VmHWM' | 'VmRSS'): number => {
  try {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return Number(found?.[1] ?? 0) / 1024;
  } catch {
    return 0; // the process has just ended
  }
};
