import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** True where the process table can be read as files (proc(5)). */
const HAS_PROC = existsSync('/proc/self/stat');

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: equal for the same process, different for another one with the same pid, also after a reboot. */
  readonly startedAt: string;
}

/** When a process started, as the opaque text of its identity. Undefined where there is none, or only its corpse. */
export const processStartOf = (pid: number): string | undefined => (HAS_PROC ? startFromProc(pid) : startFromPs(pid));

/** The identity of a running process; undefined where there is none, or only its corpse. */
export const identityOf = (pid: number): ProcessIdentity | undefined => {
  const startedAt = processStartOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
};

/** True while the very process that had this pid and start is running. */
export const isSameProcess = (pid: number, startedAt: string): boolean => processStartOf(pid) === startedAt;

export const isRunning = ({ pid, startedAt }: ProcessIdentity): boolean => isSameProcess(pid, startedAt);

/** Reads an identity out of parsed JSON. */
export const parseIdentity = (value: unknown): ProcessIdentity | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, startedAt } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  return Number.isSafeInteger(pid) && typeof startedAt === 'string' ? { pid: pid as number, startedAt } : undefined;
};

/** The process whose last argument is `argument`, where there is one. */
export const findByLastArgument = (argument: string): ProcessIdentity | undefined => {
  for (const pid of HAS_PROC ? pidsFromProc() : pidsFromPs(argument)) {
    if (HAS_PROC && lastArgumentOf(pid) !== argument) continue;
    const identity = identityOf(pid);
    if (identity !== undefined) return identity;
  }
  return undefined;
};

// The command name is in parentheses and may hold anything; after it come the state and, 19 fields on, the start time
// in ticks since boot.
const startFromProc = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${bootId()}:${fields[19]}`;
  } catch {
    return undefined; // the process ended
  }
};

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

const pidsFromProc = (): number[] => readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));

const lastArgumentOf = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').at(-2);
  } catch {
    return undefined; // the process ended, or belongs to somebody else
  }
};

const startFromPs = (pid: number): string | undefined => {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? undefined : started;
  } catch {
    return undefined; // ps exits 1 where there is no such process
  }
};

const pidsFromPs = (argument: string): number[] =>
  execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
    .split('\n')
    .filter((line) => line.endsWith(` ${argument}`))
    .map((line) => Number.parseInt(line, 10));
