import type { JavaAnswer } from '../launchers/cluster/java-program.ts';
import { type ContainerFile, contentsOf, isContainerId, isFileName } from './container-log.ts';

const LOGS_CLI = 'org.apache.hadoop.yarn.client.cli.LogsCLI';
const TIMEOUT_MS = 30_000;

/** Runs one of Hadoop's programs; `launchers/cluster/java-program.ts` does. */
export type RunHadoopProgram = (mainClass: string, args: readonly string[], timeoutMs: number) => Promise<JavaAnswer>;

export interface AggregatedFile extends ContainerFile {
  readonly containerId: string;
}

/**
 * Logs that YARN has collected after an application's end (`yarn.log-aggregation-enable`), read by YARN's own program,
 * since only it knows where and in what format they lie. Undefined: there are none.
 */
export class AggregatedLogs {
  readonly #run: RunHadoopProgram;

  constructor(run: RunHadoopProgram) {
    this.#run = run;
  }

  /** All files of an application, by container. */
  async files(applicationId: string): Promise<readonly AggregatedFile[]> {
    const args = ['-applicationId', applicationId, '-show_container_log_info'];
    const { code, output } = await this.#run(LOGS_CLI, args, TIMEOUT_MS);
    return code === 0 ? filesIn(output) : [];
  }

  async tail(applicationId: string, containerId: string, file: string, bytes: number): Promise<string | undefined> {
    const which = ['-applicationId', applicationId, '-containerId', containerId, '-log_files', file];
    const { code, output } = await this.#run(LOGS_CLI, [...which, '-size', String(-bytes)], TIMEOUT_MS);
    return code === 0 && output.includes('LogContents:') ? contentsOf(output).slice(-bytes) : undefined;
  }
}

/** For each container a heading that names it, then a table of name, length, time and kind. */
const filesIn = (output: string): AggregatedFile[] => {
  let containerId = '';
  return output.split('\n').flatMap((line) => {
    const heading = /^Container: (\S+) on /.exec(line);
    if (heading !== null) containerId = heading[1] ?? '';
    const [, file = '', bytes = ''] = /^\s*(\S+)\s+(\d+)\s+\w{3} \w{3} .*\b(?:AGGREGATED|LOCAL)\s*$/.exec(line) ?? [];
    return isContainerId(containerId) && isFileName(file) ? [{ containerId, file, bytes: Number(bytes) }] : [];
  });
};
