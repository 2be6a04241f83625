import { AppError } from '@penstock/model';
import { installationTag, launchTagOf, runTag } from './application-tags.ts';
import { runHadoop } from './hadoop/java-program.ts';
import {
  ENDED_STATES,
  hasEnded,
  LIVE_STATES,
  type ResourceManager,
  type YarnApplication,
} from './resource-manager/resource-manager.ts';
import type { Staging } from './staging/staging.ts';
import type { YarnSettings } from './yarn-settings.ts';

export interface ApplicationEnderOptions {
  readonly settings: YarnSettings;
  readonly installation: string;
  readonly resourceManager: ResourceManager;
  readonly staging: Staging;
  readonly log: { warn(facts: object, message: string): void };
}

/** A launch is stored before it is submitted; an application older than this whose launch is unknown has no owner. */
const UNKNOWN_AFTER_MS = 120_000;
const YARN_CLI = 'org.apache.hadoop.yarn.client.cli.ApplicationCLI';
/** Clears up behind applications that end between two sweeps, whatever their order. */
const SWEEP_OVERLAP_MS = 600_000;
const MAX_REMOVED_AT_ONCE = 100;

/** Ends applications, and removes what they leave behind: those that are killed do not clear up themselves. */
export class ApplicationEnder {
  readonly #options: ApplicationEnderOptions;
  /** Ended applications whose files are gone, of the last sweeps. */
  #cleared = new Set<string>();
  /** When the last of those it saw had ended, by the ResourceManager's clock; 0 before the first sweep. */
  #sweptUntil = 0;

  constructor(options: ApplicationEnderOptions) {
    this.#options = options;
  }

  /** Asks YARN to end an application. Errors: `CLUSTER_UNREACHABLE`, `CLUSTER_FORBIDDEN`. */
  async kill(id: string): Promise<void> {
    try {
      await this.#options.resourceManager.kill(id);
    } catch (error) {
      // Many clusters let nobody write over REST; who may submit may kill by YARN's own protocol.
      if (!(error instanceof AppError && error.code === 'CLUSTER_FORBIDDEN')) throw error;
      const { code, errors } = await runHadoop(this.#options.settings, YARN_CLI, ['application', '-kill', id], 60_000);
      if (code === 0) return;
      throw new AppError('CLUSTER_FORBIDDEN', `YARN does not end ${id}: ${errors.trim().slice(-300)}`, {
        domain: 'external',
        cause: error,
      });
    }
  }

  /** Removes what the ended applications of a run left in the cluster's file system; it holds secrets. */
  async clearRun(runId: string): Promise<void> {
    await this.#clear(await this.#options.resourceManager.applicationsByTag(runTag(runId), { states: ENDED_STATES }));
  }

  /** Kills applications of this installation whose launch nobody knows, and clears up behind all that have ended. */
  async killUnknown(knownTags: ReadonlySet<string>): Promise<void> {
    const { resourceManager, installation, log } = this.#options;
    const live = await resourceManager.applicationsByTag(installationTag(installation), { states: LIVE_STATES });
    for (const app of live) {
      const tag = launchTagOf(app);
      if (hasEnded(app) || app.elapsedMs < UNKNOWN_AFTER_MS || (tag !== undefined && knownTags.has(tag))) continue;
      log.warn({ applicationId: app.id, tag }, 'an application belongs to no open run and is ended');
      await this.kill(app.id);
    }
    await this.#sweep();
  }

  async #sweep(): Promise<void> {
    const { resourceManager, installation } = this.#options;
    const ended = await resourceManager.applicationsByTag(installationTag(installation), {
      states: ENDED_STATES,
      ...(this.#sweptUntil === 0 ? {} : { finishedSince: this.#sweptUntil - SWEEP_OVERLAP_MS }),
    });
    await this.#clear(ended);
    // Only what the next sweep can see again has to be remembered.
    this.#cleared = new Set(ended.map(({ id }) => id));
    this.#sweptUntil = Math.max(this.#sweptUntil, ...ended.map(({ finishedAt }) => finishedAt));
  }

  async #clear(ended: readonly YarnApplication[]): Promise<void> {
    // The names go into paths; the ResourceManager's are plain.
    const left = ended.filter(
      ({ id, user }) => !this.#cleared.has(id) && /^application_\d+_\d+$/.test(id) && /^\w[\w.@$-]*$/.test(user),
    );
    for (let from = 0; from < left.length; from += MAX_REMOVED_AT_ONCE) {
      const some = left.slice(from, from + MAX_REMOVED_AT_ONCE);
      await this.#options.staging.removeApplications(some);
      for (const { id } of some) this.#cleared.add(id);
    }
  }
}
