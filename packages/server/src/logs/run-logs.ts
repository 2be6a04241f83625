import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JsonValue } from '@penstock/model';
import {
  type LogFile,
  type LoggedRun,
  type LogText,
  type Mode,
  type Modes,
  parseSupervision,
  type Supervision,
  tailOf,
} from '@penstock/modes';
import { and, desc, eq } from 'drizzle-orm';
import { SECRET_MASK } from '../pipelines/document-secrets.ts';
import { hideSecrets } from '../pipelines/hide-secrets.ts';
import { readRunDocument } from '../runs/run-store.ts';
import { isTokenOf } from '../runs/run-token.ts';
import type { Store } from '../store/open-store.ts';
import { runs } from '../store/schema.ts';

export interface RunLogsDeps {
  readonly store: Store;
  readonly dataDir: string;
  readonly modes: Modes;
  /** Secrets beside those of its document that the programs of a run have in hand, under names that say so. */
  readonly secretsOf?: (run: { readonly runId: string; readonly orgId: string }) => JsonValue | Promise<JsonValue>;
}

export interface LogList {
  readonly runId: string | null;
  readonly files: readonly LogFile[];
  /** Why there may be more than is listed. */
  readonly troubles: readonly string[];
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

/** The logs of a pipeline's current or last run, or of an earlier one, wherever they are. */
export class RunLogs {
  readonly #deps: RunLogsDeps;

  constructor(deps: RunLogsDeps) {
    this.#deps = deps;
  }

  /** Of the last run, or of one that is named. */
  async list(pipelineId: string, runId?: string): Promise<LogList> {
    const run = await this.#runOf(pipelineId, runId);
    if (run === undefined) return { runId: null, files: [], troubles: [] };
    const { files, troubles } = await this.#modeOf(run).logs.list(loggedRunOf(run));
    return { runId: run.runId, files: [...this.#ownFiles(run), ...files], troubles };
  }

  /** The end of a log. Undefined: there is no such log. Errors: those of asking the cluster. */
  async read(pipelineId: string, logId: string, tailBytes: number, runId?: string): Promise<LogText | undefined> {
    const run = await this.#runOf(pipelineId, runId);
    if (run === undefined) return undefined;
    const found = await this.#read(run, logId, tailBytes);
    return found === undefined ? undefined : { ...found, text: await this.#masked(run, found.text) };
  }

  /** Keeps the ends of the logs of a run that is over where it has them elsewhere; says what is missing. */
  keep(
    run: { readonly runId: string; readonly executionMode: number },
    supervision: Supervision,
  ): Promise<readonly string[]> {
    return this.#modeOf(run).logs.keep({ runId: run.runId, supervision, isOver: true, workerHost: null });
  }

  async #read(run: RunRow, logId: string, tailBytes: number): Promise<LogText | undefined> {
    return isOwnFile(logId)
      ? tailOf(join(this.#folderOf(run.runId), logId), tailBytes)
      : this.#modeOf(run).logs.read(loggedRunOf(run), logId, tailBytes);
  }

  #modeOf({ executionMode }: { readonly executionMode: number }): Mode {
    return this.#deps.modes.of(executionMode);
  }

  async #runOf(pipelineId: string, runId: string | undefined): Promise<RunRow | undefined> {
    if (runId === undefined) return this.#lastRun(pipelineId);
    const [run] = await this.#deps.store.db
      .select()
      .from(runs)
      .where(and(eq(runs.pipelineId, pipelineId), eq(runs.runId, runId)));
    return run;
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

  async #masked(run: RunRow, text: string): Promise<string> {
    const secrets = (await this.#deps.secretsOf?.(run)) ?? null;
    return hideRunToken(hideSecrets(hideSecrets(text, secrets), await this.#documentOf(run)), run.tokenHash);
  }

  async #documentOf({ pipelineId, versionNumber }: RunRow): Promise<JsonValue> {
    const { document } = await readRunDocument(this.#deps.store.db, pipelineId, versionNumber);
    return JSON.parse(document) as JsonValue;
  }
}

/** A word that may be a run's token. */
const TOKEN = /(?<![\w-])[\w-]{43}(?![\w-])/g;

/** The token of a run as its workers have it, which is another than the service would make where its key was changed. */
const hideRunToken = (text: string, tokenHash: string | null): string =>
  tokenHash === null ? text : text.replaceAll(TOKEN, (word) => (isTokenOf(word, tokenHash) ? SECRET_MASK : word));

const loggedRunOf = (run: RunRow): LoggedRun => ({
  runId: run.runId,
  supervision: parseSupervision(run.launcherState),
  isOver: run.endedAt !== null,
  workerHost: run.workerHost,
});
