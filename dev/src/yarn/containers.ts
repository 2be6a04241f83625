import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { identityOf, type ProcessIdentity } from '@penstock/modes/process-identity';
import { endProcess } from '../orphaned-process.ts';

/** SIGTERM first: what runs in a container may write a last line. */
const PATIENCE_MS = 3000;

/**
 * Processes that run in containers below a folder. A container's processes, and whatever they start, work in the
 * container's folder, without a terminal (somebody who looks around there in a shell is left alone). Where that cannot
 * be seen (no /proc), those that name the folder on their command line.
 */
export const containerProcesses = (localDirs: string): ProcessIdentity[] =>
  (existsSync('/proc/self/cwd') ? pidsByFolder(localDirs) : pidsByCommand(localDirs)).flatMap(
    (pid) => identityOf(pid) ?? [],
  );

/** Ends what still runs in containers below a folder; resolves when nothing does. */
export const endContainers = async (localDirs: string, onProgress: (line: string) => void): Promise<void> => {
  for (;;) {
    const processes = containerProcesses(localDirs);
    if (processes.length === 0) return;
    onProgress(`ending ${processes.length} processes of YARN containers`);
    await Promise.all(processes.map((process) => endProcess(process, PATIENCE_MS)));
  }
};

/** The folder of a process; one that was deleted has " (deleted)" behind its name. */
const pidsByFolder = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}${sep}`) && !hasTerminal(pid);
      } catch {
        return false; // it has ended, or is somebody else's
      }
    })
    .map(Number);

/** proc(5): the terminal is the fifth field behind the command name in parentheses, 0 for none. */
const hasTerminal = (pid: string): boolean => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4] !== '0';
};

const pidsByCommand = (folder: string): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 })
    .split('\n')
    .filter((line) => line.includes(`${folder}${sep}`))
    .map((line) => Number.parseInt(line, 10));
