import type { JavaAnswer } from '../hadoop/java-program.ts';
import { type ContainerFile, contentsOf, isContainerId, isFileName } from './container-log.ts';

/** In the jar of the Spark driver: YARN's own program does not start from the jars Spark comes with. */
const PROGRAM = 'org.penstock.logs.CollectedLogs';
const TIMEOUT_MS = 30_000;

/** Runs a program of the driver's jar on the jars of Spark. */
export type RunLogsProgram = (mainClass: string, args: readonly string[], timeoutMs: number) => Promise<JavaAnswer>;

export interface AggregatedFile extends ContainerFile {
  readonly containerId: string;
}

/**
 * Logs that YARN has collected after an application's end (`yarn.log-aggregation-enable`), read by its own library,
 * since only that knows where and in what format they lie. Takes seconds: a JVM is started.
 */
export class AggregatedLogs {
  readonly #run: RunLogsProgram;

  constructor(run: RunLogsProgram) {
    this.#run = run;
  }

  /** All files of an application, by container; none where nothing has been collected. */
  async files(applicationId: string): Promise<readonly AggregatedFile[]> {
    const { code, output } = await this.#run(PROGRAM, ['list', applicationId], TIMEOUT_MS);
    if (code !== 0) return [];
    return output.split('\n').flatMap((line) => {
      const [containerId = '', file = '', bytes = ''] = line.split('\t');
      return isContainerId(containerId) && isFileName(file) ? [{ containerId, file, bytes: Number(bytes) }] : [];
    });
  }

  /** Undefined: it has not been collected. */
  async tail(applicationId: string, containerId: string, file: string, bytes: number): Promise<string | undefined> {
    const args = ['tail', applicationId, containerId, file, String(bytes)];
    const { code, output } = await this.#run(PROGRAM, args, TIMEOUT_MS);
    return code === 0 ? contentsOf(output) : undefined;
  }
}
