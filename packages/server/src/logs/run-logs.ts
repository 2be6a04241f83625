import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JsonValue } from '@penstock/model';
import type { ApplicationLogs, ClusterLogs, FoundFile } from '@penstock/modes';
import {
  attemptOfContainer,
  isDriverContainer,
  isOver,
  KeptLogs,
  logIdOf,
  parseLogId,
  parseSupervision,
  type Supervision,
  tailOf,
} from '@penstock/modes';
import { desc, eq } from 'drizzle-orm';
import { hideSecrets } from '../pipelines/hide-secrets.ts';
import { readRunDocument } from '../runs/run-store.ts';
import type { Store } from '../store/open-store.ts';
import { runs } from '../store/schema.ts';

export interface RunLogsDeps {
  readonly store: Store;
  readonly dataDir: string;
  /** This host, whose disk `dataDir` is on. */
  readonly host: string;
  /** Absent without a cluster. */
  readonly cluster?: ClusterLogs;
  /** Secrets beside those of its document that the programs of a run have in hand, under names that say so. */
  readonly secretsOf?: (runId: string) => JsonValue;
}

export interface LogFile {
  readonly logId: string;
  readonly role: 'worker' | 'submit' | 'driver' | 'executor';
  readonly file: string;
  /** Of the application; null for what is not of a container. */
  readonly attempt: number | null;
  readonly executorId: string | null;
  readonly containerId: string | null;
  readonly bytes: number | null;
  /** `service`: on the service's own disk; `node`: at a NodeManager. */
  readonly source: 'service' | 'node';
}

export interface LogList {
  readonly runId: string | null;
  readonly files: readonly LogFile[];
  /** Why there may be more than is listed. */
  readonly troubles: readonly string[];
}

export interface LogText {
  readonly text: string;
  /** Of the whole file, where known. */
  readonly bytes: number | null;
}

/** Files a run has on the service's disk, whatever the mode. */
const OWN_FILES = {
  'worker.log': 'worker',
  'worker.log.1': 'worker',
  'submit.log': 'submit',
  'submit.log.1': 'submit',
} as const;
type OwnFile = keyof typeof OWN_FILES;
const isOwnFile = (name: string): name is OwnFile => Object.hasOwn(OWN_FILES, name);

type RunRow = typeof runs.$inferSelect;

/** The logs of a pipeline's current or last run, wherever they are. */
export class RunLogs {
  readonly #deps: RunLogsDeps;

  constructor(deps: RunLogsDeps) {
    this.#deps = deps;
  }

  async list(pipelineId: string): Promise<LogList> {
    const run = await this.#lastRun(pipelineId);
    if (run === undefined) return { runId: null, files: [], troubles: [] };
    const supervision = parseSupervision(run.launcherState);
    const troubles = this.#elsewhere(run);
    const files = this.#ownFiles(run);
    const application = applicationOf(supervision, run.endedAt !== null);
    if (application !== undefined) {
      const kept = this.#keptFiles(run, supervision);
      const known = new Set(kept.map(({ logId }) => logId));
      const found = await this.#clusterFiles(application, kept.length === 0, troubles);
      files.push(...[...kept, ...found.filter(({ logId }) => !known.has(logId))].sort(byContainer));
    }
    return { runId: run.runId, files, troubles };
  }

  /** The end of a log. Undefined: there is no such log. Errors: those of asking the cluster. */
  async read(pipelineId: string, logId: string, tailBytes: number): Promise<LogText | undefined> {
    const run = await this.#lastRun(pipelineId);
    if (run === undefined) return undefined;
    const found = await this.#read(run, logId, tailBytes);
    return found === undefined ? undefined : { ...found, text: await this.#masked(run, found.text) };
  }

  /** Keeps the ends of the container logs of a run that is over; says what is missing. */
  async keep(runId: string, supervision: Supervision): Promise<readonly string[]> {
    const application = applicationOf(supervision, true);
    if (application === undefined || this.#deps.cluster === undefined) return [];
    const { troubles } = await this.#deps.cluster.keep(application, new KeptLogs(this.#deps.dataDir, runId));
    return troubles;
  }

  async #read(run: RunRow, logId: string, tailBytes: number): Promise<LogText | undefined> {
    if (isOwnFile(logId)) return tailOf(join(this.#folderOf(run.runId), logId), tailBytes);
    const place = parseLogId(logId);
    const application = applicationOf(parseSupervision(run.launcherState), run.endedAt !== null);
    // A container of another application is no log of this run.
    if (place === undefined || application === undefined || !isOf(place.containerId, application)) return undefined;
    const kept = new KeptLogs(this.#deps.dataDir, run.runId).tail(place.containerId, place.file, tailBytes);
    if (kept !== undefined && application.isOver) return kept;
    const text = await this.#deps.cluster?.tail(application, place.containerId, place.file, tailBytes);
    return text === undefined ? undefined : { text, bytes: null };
  }

  async #lastRun(pipelineId: string): Promise<RunRow | undefined> {
    const rows = await this.#deps.store.db
      .select()
      .from(runs)
      .where(eq(runs.pipelineId, pipelineId))
      .orderBy(desc(runs.createdAt))
      .limit(5);
    // A run that only cleared after the last one has nothing to show.
    return rows.find(({ attempts }) => attempts > 0) ?? rows[0];
  }

  #folderOf(runId: string): string {
    return join(this.#deps.dataDir, 'runs', basename(runId));
  }

  #ownFiles({ runId }: RunRow): LogFile[] {
    const folder = this.#folderOf(runId);
    return (Object.keys(OWN_FILES) as OwnFile[])
      .filter((file) => existsSync(join(folder, file)))
      .map((file) => ({
        logId: file,
        role: OWN_FILES[file],
        file,
        attempt: null,
        executorId: null,
        containerId: null,
        bytes: statSync(join(folder, file)).size,
        source: 'service',
      }));
  }

  #keptFiles({ runId }: RunRow, { containers = [] }: Supervision): LogFile[] {
    const kept = new KeptLogs(this.#deps.dataDir, runId);
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

  async #clusterFiles(application: ApplicationLogs, collected: boolean, troubles: string[]): Promise<LogFile[]> {
    const { cluster } = this.#deps;
    if (cluster === undefined) {
      troubles.push('Cluster Mode is not set up on this service instance, so the cluster cannot be asked.');
      return [];
    }
    const found = await cluster.list(application, { collected });
    troubles.push(...found.troubles);
    return found.files.map(fileOf);
  }

  /** Whoever looked after the run has its files. */
  #elsewhere(run: RunRow): string[] {
    const { host } = this.#deps;
    const launchHost = parseSupervision(run.launcherState).launch?.host ?? run.workerHost;
    if (run.executionMode === 1 || launchHost === null || launchHost === undefined || launchHost === host) return [];
    return [
      `The worker of this run is on host "${launchHost}"; its log is there, in the data folder of that instance.`,
    ];
  }

  async #masked(run: RunRow, text: string): Promise<string> {
    const secrets = this.#deps.secretsOf?.(run.runId) ?? null;
    return hideSecrets(hideSecrets(text, secrets), await this.#documentOf(run));
  }

  async #documentOf({ pipelineId, versionNumber }: RunRow): Promise<JsonValue> {
    const { document } = await readRunDocument(this.#deps.store.db, pipelineId, versionNumber);
    return JSON.parse(document) as JsonValue;
  }
}

const applicationOf = (
  { application, launch, containers = [] }: Supervision,
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
