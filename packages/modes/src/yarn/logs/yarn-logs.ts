import { AppError, messageOf } from '@penstock/model';
import type { KnownContainer } from '../yarn-records.ts';
import type { AggregatedLogs } from './aggregated-logs.ts';
import { type ContainerDirectory, findContainers } from './container-finder.ts';
import { attemptOfContainer, type ContainerFile, isDriverContainer, type LogContainer } from './container-log.ts';
import type { KeptLogs } from './kept-logs.ts';
import type { NodeManagerLogs } from './node-manager-logs.ts';

export interface YarnLogsDeps {
  readonly directory: ContainerDirectory;
  readonly nodes: NodeManagerLogs;
  readonly aggregated: AggregatedLogs;
  readonly scheme: 'http' | 'https';
}

export interface ApplicationLogs {
  readonly applicationId: string;
  readonly isOver: boolean;
  /** Executors the driver told of. */
  readonly known: readonly KnownContainer[];
}

export interface FoundFile extends ContainerFile {
  readonly container: LogContainer;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** What could not be looked at, for people. */
  readonly troubles: readonly string[];
}

const KEEP_FILES = 40;
const KEEP_BYTES = 256 * 1024;
const KEEP_WITHIN_MS = 60_000;

/** Logs of the containers of an application: from the nodes while they have them, else as YARN collected them. */
export class YarnLogs {
  readonly #deps: YarnLogsDeps;

  constructor(deps: YarnLogsDeps) {
    this.#deps = deps;
  }

  /** `collected`: also asks for those YARN has collected, which takes seconds, where no node has any. */
  async list(application: ApplicationLogs, options: { readonly collected: boolean }): Promise<FoundFiles> {
    const { containers, trouble } = await this.#containers(application);
    const files: FoundFile[] = [];
    const troubles = new Set<string>(trouble === undefined ? [] : [trouble]);
    for (const container of containers) {
      const found = await this.#filesOnNodes(container, troubles);
      for (const file of found) files.push({ ...file, container });
    }
    if (files.length === 0 && options.collected && application.isOver) {
      try {
        files.push(...(await this.#collected(application)));
      } catch (error) {
        troubles.add(messageOf(error));
      }
    }
    return { files, troubles: [...troubles] };
  }

  /** The end of one file. Undefined: nobody has it any more. Errors: what kept everybody from being asked. */
  async tail(
    application: ApplicationLogs,
    containerId: string,
    file: string,
    bytes: number,
  ): Promise<string | undefined> {
    const { containers, trouble } = await this.#containers(application);
    const container = containers.find((each) => each.containerId === containerId);
    const failures: string[] = trouble === undefined ? [] : [trouble];
    for (const origin of container?.nodeUrls ?? []) {
      try {
        const text = await this.#deps.nodes.tail(origin, containerId, file, bytes);
        if (text !== undefined) return text;
      } catch (error) {
        failures.push(messageOf(error));
      }
    }
    if (application.isOver) {
      try {
        const text = await this.#deps.aggregated.tail(application.applicationId, containerId, file, bytes);
        if (text !== undefined) return text;
      } catch (error) {
        failures.push(messageOf(error));
      }
    }
    if (failures.length === 0) return undefined;
    throw new AppError('CONTAINER_LOGS_UNREACHABLE', failures.join(' '), { domain: 'external', retryable: true });
  }

  /**
   * Keeps the ends of an application's logs, newest attempts first, within bounds of number, size and time. What
   * cannot be had is passed over and told.
   */
  async keep(application: ApplicationLogs, kept: KeptLogs): Promise<{ kept: number; troubles: readonly string[] }> {
    const until = performance.now() + KEEP_WITHIN_MS;
    const { files, troubles } = await this.list(application, { collected: false });
    const wanted = [...files].reverse().sort(byUse).slice(0, KEEP_FILES);
    const failures = new Set(troubles);
    let count = 0;
    for (const { container, file } of wanted) {
      if (performance.now() > until) {
        failures.add(`Not all logs could be fetched within ${KEEP_WITHIN_MS / 1000} s.`);
        break;
      }
      try {
        const text = await this.tail({ ...application, isOver: false }, container.containerId, file, KEEP_BYTES);
        if (text === undefined) continue;
        kept.keep(container.containerId, file, text);
        count += 1;
      } catch (error) {
        failures.add(messageOf(error));
      }
    }
    return { kept: count, troubles: [...failures] };
  }

  /** Those the driver told of are there even where the ResourceManager cannot be asked, or has forgotten. */
  async #containers({
    applicationId,
    known,
  }: ApplicationLogs): Promise<{ containers: readonly LogContainer[]; trouble?: string }> {
    try {
      return { containers: await findContainers(this.#deps.directory, applicationId, known, this.#deps.scheme) };
    } catch (error) {
      return { containers: known.map(unlocated), trouble: messageOf(error) };
    }
  }

  async #collected({ applicationId, known }: ApplicationLogs): Promise<FoundFile[]> {
    const names = new Map(known.map(({ containerId, executorId }) => [containerId, executorId]));
    const files = await this.#deps.aggregated.files(applicationId);
    return files.map(({ containerId, ...file }) => ({
      ...file,
      container: unlocated({ containerId, executorId: names.get(containerId) ?? null }),
    }));
  }

  async #filesOnNodes(container: LogContainer, troubles: Set<string>): Promise<readonly ContainerFile[]> {
    for (const origin of container.nodeUrls) {
      try {
        const files = await this.#deps.nodes.files(origin, container.containerId);
        if (files !== undefined) return files;
      } catch (error) {
        troubles.add(messageOf(error));
      }
    }
    return [];
  }
}

/** What tells most comes first where not all can be kept. */
const USEFUL = ['spark.log', 'worker.log', 'stderr', 'stdout'];
const byUse = (a: FoundFile, b: FoundFile): number => useOf(a) - useOf(b);
const useOf = ({ file }: FoundFile): number => (USEFUL.includes(file) ? USEFUL.indexOf(file) : USEFUL.length);

const unlocated = ({ containerId, executorId }: Pick<LogContainer, 'containerId' | 'executorId'>): LogContainer => ({
  containerId,
  attempt: attemptOfContainer(containerId),
  role: isDriverContainer(containerId) ? 'driver' : 'executor',
  executorId,
  nodeUrls: [],
});
