import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a living process has cost so far, and what it holds now. */
export interface ProcessCost {
  /** User + system time of all its threads since its start, in ms; not that of its children. */
  readonly cpuMs: number;
  /** The same by name of thread; threads that have ended are missing. */
  readonly threads: ReadonlyMap<string, number>;
  readonly rssMb: number;
  readonly peakRssMb: number;
}

let msPerTick: number | undefined;

/** proc(5): utime and stime are fields 14 and 15; what its own children cost is counted elsewhere, and stays out. */
const cpuMsOf = (statFile: string): number => {
  msPerTick ??= 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const fields = statFields(statFile);
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
};

/** From field 3 on: the command, which may hold blanks and brackets, ends with the last closing bracket. */
const statFields = (file: string): string[] => {
  const stat = readFileSync(file, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** Throws where the process has ended. */
export const costOf = (pid: number): ProcessCost => {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const mb = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  return { cpuMs: cpuMsOf(`/proc/${pid}/stat`), threads: threadsOf(pid), rssMb: mb('VmRSS'), peakRssMb: mb('VmHWM') };
};

const threadsOf = (pid: number): ReadonlyMap<string, number> => {
  const threads = new Map<string, number>();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    try {
      const folder = `/proc/${pid}/task/${id}`;
      // Pools number their threads: together they are one thing.
      const name = readFileSync(`${folder}/comm`, 'utf8').trim().replace(/\d+/g, 'N');
      threads.set(name, (threads.get(name) ?? 0) + cpuMsOf(`${folder}/stat`));
    } catch {
      // This thread has just ended; the process's own count has it.
    }
  }
  return threads;
};

/** Process that started this one. Throws where it has ended. */
export const parentOf = (pid: number): number => Number(statFields(`/proc/${pid}/stat`)[1]);
