import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AppError, type RunSpec } from '@penstock/model';
import { placeOf } from '../host/place.ts';
import { findByLastArgument, isSameProcess } from '../host/process-identity.ts';
import { RunFolder } from '../host/run-folder.ts';
import type { Launcher, TerminateHow } from '../supervision/launcher.ts';
import { installationTag, launchTag, runTag } from './application-tags.ts';
import type { ApplicationEnder } from './end-application.ts';
import { LiveApplications } from './live-applications.ts';
import { applicationView, isWaiting } from './resource-manager/application-view.ts';
import {
  hasEnded,
  LIVE_STATES,
  type ResourceManager,
  type YarnApplication,
} from './resource-manager/resource-manager.ts';
import type { Staging } from './staging/staging.ts';
import { SUBMIT_LIMIT_MS, submitFailure } from './submit/submit-process.ts';
import { STAGING_LIMIT_MS, type Submitter } from './submit/submitter.ts';
import type { YarnEvidence, YarnLaunch } from './yarn-records.ts';

export interface YarnLauncherOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly installation: string;
  readonly resourceManager: ResourceManager;
  readonly staging: Staging;
  readonly submitter: Submitter;
  readonly ender: ApplicationEnder;
  /** Where this instance is reached. */
  readonly ownUrl: () => string;
  /** How often to see that drivers can find this instance, in ms. */
  readonly announceEveryMs: number;
  readonly clock: { now(): number };
  readonly log: { warn(facts: object, message: string): void };
  /** Called when a submission has come to its end, so that nobody has to wait for the next look. */
  readonly onSubmitted?: () => void;
}

/** For so long a submission of an instance on another host may be under way. */
const FOREIGN_SUBMIT_MS = STAGING_LIMIT_MS + SUBMIT_LIMIT_MS;

/**
 * Runs each pipeline as one Spark application on YARN. Submitting is a process of its own; afterwards all there is to
 * know and to do is asked of the ResourceManager. An application is found by the tag of its launch, which is written
 * down before it is submitted, so that it can be submitted once only.
 */
export class YarnLauncher implements Launcher<YarnLaunch, YarnEvidence> {
  readonly #options: YarnLauncherOptions;
  readonly #place: string;
  readonly #live: LiveApplications;
  #announced = { url: '', at: Number.NEGATIVE_INFINITY };

  constructor(options: YarnLauncherOptions) {
    this.#options = options;
    this.#place = placeOf(options.host);
    this.#live = new LiveApplications(options.resourceManager, installationTag(options.installation));
  }

  prepare(runId: string, now: number): YarnLaunch {
    const launchId = randomUUID();
    const folder = new RunFolder(this.#options.dataDir, runId);
    return {
      launchId,
      kind: 'cluster',
      host: this.#options.host,
      place: this.#place,
      at: now,
      specFile: folder.specFileOf(launchId),
      logFile: join(folder.path, 'submit.log'),
      endpointsFile: this.#options.staging.endpointsUri,
      tag: launchTag(runId, launchId),
    };
  }

  async launch(record: YarnLaunch, spec: RunSpec): Promise<YarnLaunch> {
    const named = namesOf(record);
    const [existing] = await this.#options.resourceManager.applicationsByTag(named.tag);
    if (existing !== undefined) return { ...record, applicationId: existing.id };
    await this.#endOthers(spec.runId);
    await this.#announce();
    return this.#options.submitter.submit({ ...record, ...named }, spec, () => this.#options.onSubmitted?.());
  }

  async evidence(record: YarnLaunch): Promise<YarnEvidence> {
    // Looked at before the ResourceManager is asked: what a submission brings about is there before it ends.
    const isSubmitting = this.#submitPid(record) !== undefined;
    try {
      const app = await this.#find(record);
      if (app !== undefined) return { kind: 'application', application: await this.#viewOf(app) };
    } catch (error) {
      if (error instanceof AppError) return { kind: 'unreachable', message: error.message };
      throw error;
    }
    if (record.applicationId !== undefined) return { kind: 'lost', applicationId: record.applicationId };
    if (isSubmitting || this.#mayBeSubmittingElsewhere(record)) return { kind: 'submitting' };
    const failure = submitFailure(record.logFile, namesOf(record).tag);
    if (failure === undefined) return { kind: 'never-started' };
    this.#options.staging.doubt();
    return { kind: 'never-started', failure };
  }

  /** A driver that runs learns from its heartbeat that it is to finish; one that has not begun has nothing to finish. */
  async terminate(record: YarnLaunch, how: TerminateHow): Promise<void> {
    if (how === 'kill') this.#killSubmit(record);
    const app = await this.#find(record);
    if (app === undefined || hasEnded(app)) return;
    if (how === 'kill' || app.state !== 'RUNNING') await this.#options.ender.kill(app.id);
  }

  async tend(_record: YarnLaunch): Promise<void> {
    const { url, at } = this.#announced;
    const { clock, ownUrl, announceEveryMs, log } = this.#options;
    if (url === ownUrl() && clock.now() - at < announceEveryMs) return;
    try {
      await this.#announce();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Drivers know the addresses of their start; those who need newer ones wait until the file can be written.
      log.warn({ code: error.code, reason: error.message }, 'drivers cannot be told where this instance is');
    }
  }

  async forget(runId: string): Promise<void> {
    new RunFolder(this.#options.dataDir, runId).removeSpecs();
    try {
      await this.#options.ender.clearRun(runId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // The regular sweep removes them later.
      this.#options.log.warn({ runId, code: error.code, reason: error.message }, 'files of a run stay for now');
    }
  }

  /** Ends applications of this installation that belong to no open run (their tags are given), and clears up. */
  async killUnknown(knownTags: ReadonlySet<string>): Promise<void> {
    await this.#options.ender.killUnknown(knownTags);
  }

  async #find(record: YarnLaunch): Promise<YarnApplication | undefined> {
    const { resourceManager } = this.#options;
    const { applicationId: id } = record;
    if (id !== undefined) return (await this.#live.find((app) => app.id === id)) ?? resourceManager.application(id);
    const { tag } = namesOf(record);
    const live = await this.#live.find(({ tags }) => tags.includes(tag));
    return live ?? (await resourceManager.applicationsByTag(tag))[0];
  }

  async #viewOf(app: YarnApplication) {
    return applicationView(app, isWaiting(app) ? await this.#live.metrics() : undefined);
  }

  /** An application of an earlier launch that was given up, and came to be after all. */
  async #endOthers(runId: string): Promise<void> {
    const others = await this.#options.resourceManager.applicationsByTag(runTag(runId), { states: LIVE_STATES });
    for (const { id } of others) await this.#options.ender.kill(id);
    const [other] = others;
    if (other === undefined) return;
    throw new AppError(
      'APPLICATION_EXISTS',
      `The run has the application ${other.id} already, of an earlier launch; it is ended first.`,
      { domain: 'external', retryable: true },
    );
  }

  async #announce(): Promise<void> {
    const { staging, ownUrl, clock } = this.#options;
    const url = ownUrl();
    this.#announced = { url, at: clock.now() };
    await staging.announce(url);
  }

  #submitPid(record: YarnLaunch): number | undefined {
    if (!this.#isHere(record)) return undefined;
    const { pid, processStartedAt } = record;
    if (pid === undefined) return findByLastArgument(namesOf(record).tag)?.pid;
    return processStartedAt !== undefined && isSameProcess(pid, processStartedAt) ? pid : undefined;
  }

  #mayBeSubmittingElsewhere(record: YarnLaunch): boolean {
    return !this.#isHere(record) && this.#options.clock.now() - record.at < FOREIGN_SUBMIT_MS;
  }

  /** Whether the submitting program of this launch could be seen from here. */
  #isHere(record: YarnLaunch): boolean {
    return record.place === undefined ? record.host === this.#options.host : record.place === this.#place;
  }

  #killSubmit(record: YarnLaunch): void {
    const pid = this.#submitPid(record);
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

const namesOf = (record: YarnLaunch): { tag: string; specFile: string; logFile: string } => {
  const { tag, specFile, logFile } = record;
  if (tag !== undefined && specFile !== undefined && logFile !== undefined) return { tag, specFile, logFile };
  throw new Error(`launch ${record.launchId} has no tag or names no files`);
};
