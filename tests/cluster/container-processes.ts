import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const read = (look: () => string): string => {
  try {
    return look();
  } catch {
    return ''; // it has ended
  }
};

/** Command line of a process with blanks between arguments; empty where there is none any more. */
export const commandOf = (pid: number): string =>
  read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));

/** The JVM of a container: containers are folders, and processes work in theirs. */
export const jvmOf = (containerId: string): number => {
  const found = pids().find(
    (pid) => read(() => readlinkSync(`/proc/${pid}/cwd`)).endsWith(`/${containerId}`) && isJava(commandOf(pid)),
  );
  if (found === undefined) throw new Error(`there is no JVM of ${containerId}`);
  return found;
};

const isJava = (command: string): boolean => /^\S*\/?java /.test(command);

/** Programs that submit applications for the service with this data folder. */
export const submitsOf = (dataDir: string): number[] =>
  pids().filter((pid) => {
    const command = commandOf(pid);
    return isJava(command) && command.includes('org.apache.spark.deploy.SparkSubmit') && command.includes(dataDir);
  });

/** What still runs in or for a folder: broker, YARN, containers, workers. */
export const processesIn = (folder: string): string[] =>
  pids()
    .filter((pid) => read(() => readlinkSync(`/proc/${pid}/cwd`)).startsWith(folder))
    .map((pid) => `${pid} ${commandOf(pid).slice(0, 200)}`);
