import type { LogFile, LoggedRun, LogText, ModeLogs } from '../../mode.ts';
import { isOver, readSupervision, type YarnSupervision } from '../yarn-records.ts';
import { attemptOfContainer, isDriverContainer, logIdOf, parseLogId } from './container-log.ts';
import { KeptLogs } from './kept-logs.ts';
import type { ApplicationLogs, FoundFile, YarnLogs } from './yarn-logs.ts';

/** Logs of the containers of a run: those kept after its end, and those the cluster still has. */
export class YarnRunLogs implements ModeLogs {
  readonly #dataDir: string;
  /** Absent without a cluster. */
  readonly #cluster: YarnLogs | undefined;

  constructor(dataDir: string, cluster: YarnLogs | undefined) {
    this.#dataDir = dataDir;
    this.#cluster = cluster;
  }

  async list(run: LoggedRun): Promise<{ readonly files: readonly LogFile[]; readonly troubles: readonly string[] }> {
    const supervision = readSupervision(run.supervision);
    const application = applicationOf(supervision, run.isOver);
    if (application === undefined) return { files: [], troubles: [] };
    const kept = this.#keptFiles(run.runId, supervision);
    const known = new Set(kept.map(({ logId }) => logId));
    const { files, troubles } = await this.#onCluster(application, kept.length === 0);
    return { files: [...kept, ...files.filter(({ logId }) => !known.has(logId))].sort(byContainer), troubles };
  }

  async read(run: LoggedRun, logId: string, tailBytes: number): Promise<LogText | undefined> {
    const place = parseLogId(logId);
    const application = applicationOf(readSupervision(run.supervision), run.isOver);
    // A container of another application is no log of this run.
    if (place === undefined || application === undefined || !isOf(place.containerId, application)) return undefined;
    const kept = new KeptLogs(this.#dataDir, run.runId).tail(place.containerId, place.file, tailBytes);
    if (kept !== undefined && application.isOver) return kept;
    const text = await this.#cluster?.tail(application, place.containerId, place.file, tailBytes);
    return text === undefined ? undefined : { text, bytes: null };
  }

  async keep(run: LoggedRun): Promise<readonly string[]> {
    const application = applicationOf(readSupervision(run.supervision), true);
    if (application === undefined || this.#cluster === undefined) return [];
    const { troubles } = await this.#cluster.keep(application, new KeptLogs(this.#dataDir, run.runId));
    return troubles;
  }

  #keptFiles(runId: string, { containers = [] }: YarnSupervision): LogFile[] {
    const kept = new KeptLogs(this.#dataDir, runId);
    const names = new Map(containers.map(({ containerId, executorId }) => [containerId, executorId]));
    return kept.containers().flatMap((containerId) =>
      kept.files(containerId).map(
        ({ file, bytes }): LogFile => ({
          logId: logIdOf(containerId, file),
          role: isDriverContainer(containerId) ? 'driver' : 'executor',
          file,
          attempt: attemptOfContainer(containerId),
          executorId: names.get(containerId) ?? null,
          containerId,
          bytes,
          source: 'service',
        }),
      ),
    );
  }

  async #onCluster(
    application: ApplicationLogs,
    collected: boolean,
  ): Promise<{ readonly files: readonly LogFile[]; readonly troubles: readonly string[] }> {
    if (this.#cluster === undefined) {
      const trouble = 'Cluster Mode is not set up on this service instance, so the cluster cannot be asked.';
      return { files: [], troubles: [trouble] };
    }
    const { files, troubles } = await this.#cluster.list(application, { collected });
    return { files: files.map(fileOf), troubles };
  }
}

const applicationOf = (
  { application, launch, containers = [] }: YarnSupervision,
  runIsOver: boolean,
): ApplicationLogs | undefined => {
  const applicationId = application?.view.applicationId ?? launch?.applicationId;
  if (applicationId === undefined) return undefined;
  const applicationIsOver = application !== undefined && isOver(application.view);
  return { applicationId, isOver: runIsOver || applicationIsOver, known: containers };
};

/** `application_1_0002` and `container_e03_1_0002_01_000001` share what follows their first words. */
const isOf = (containerId: string, { applicationId }: ApplicationLogs): boolean =>
  containerId.replace(/^container_(e\d+_)?/, '').startsWith(`${applicationId.replace(/^application_/, '')}_`);

const fileOf = ({ container, file, bytes }: FoundFile): LogFile => ({
  logId: logIdOf(container.containerId, file),
  role: container.role,
  file,
  attempt: container.attempt,
  executorId: container.executorId,
  containerId: container.containerId,
  bytes,
  source: 'node',
});

const byContainer = (a: LogFile, b: LogFile): number => (a.logId < b.logId ? -1 : a.logId > b.logId ? 1 : 0);
