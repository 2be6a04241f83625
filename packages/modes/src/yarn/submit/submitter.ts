import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  AppError,
  type ClusterResources,
  type CuSize,
  clusterSizing,
  type JsonObject,
  type RunSpec,
} from '@penstock/model';
import { processStartOf } from '../../host/process-identity.ts';
import { RunFolder } from '../../host/run-folder.ts';
import { COMMON_TAG, installationTag, runTag } from '../application-tags.ts';
import { classPath, javaCommand, javaEnvironment, SMALL_JVM } from '../hadoop/java-program.ts';
import { type Archive, sparkArchive } from '../staging/spark-archive.ts';
import type { Staging } from '../staging/staging.ts';
import type { YarnLaunch } from '../yarn-records.ts';
import type { YarnSettings } from '../yarn-settings.ts';
import { sparkConf } from './spark-conf.ts';
import { submitArguments } from './submit-arguments.ts';
import { startSubmit } from './submit-process.ts';

/** Archives by the folder of a container they are unpacked to. */
export type ShippedArchives = Readonly<Record<string, Archive>>;

export interface SubmitterOptions {
  readonly settings: YarnSettings;
  readonly staging: Staging;
  readonly installation: string;
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly cu: CuSize;
  readonly isLoopback: boolean;
  /** The worker's program and what a document needs beside it, packed, by the folder of a container it goes to. */
  readonly archives: (document: JsonObject) => Promise<ShippedArchives>;
  /** What a run was granted. */
  readonly resourcesOf: (runId: string) => Promise<ClusterResources>;
  readonly clock: { now(): number };
}

/** Uploading may take this long within a launch; what took longer begins the next one with everything in place. */
export const STAGING_LIMIT_MS = 60_000;

const besideThis = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Brings to the cluster what a run needs there, and starts the program that submits its application. */
export class Submitter {
  readonly #options: SubmitterOptions;
  #spark: Promise<Archive> | undefined;

  constructor(options: SubmitterOptions) {
    this.#options = options;
  }

  /**
   * Resolves once the submitting program runs. `onEnd` is called when it has ended, however.
   * Errors: those of archives and staging, `JAVA_MISSING`, `STAGING_SLOW`.
   */
  async submit(
    record: YarnLaunch & { readonly tag: string; readonly specFile: string; readonly logFile: string },
    spec: RunSpec,
    onEnd: () => void,
  ): Promise<YarnLaunch> {
    const { settings, dataDir, cu, clock } = this.#options;
    const resources = await this.#options.resourcesOf(spec.runId);
    const { value: sizing, issues } = clusterSizing(resources, cu);
    // Was checked at the start; the size of a CU may have been changed since.
    if (sizing === undefined)
      throw new AppError('CONTAINER_TOO_SMALL', issues.map(({ message }) => message).join(' '), { domain: 'user' });
    const { archives, spark } = await this.#stage(spec.document);
    if (clock.now() - record.at > STAGING_LIMIT_MS)
      throw new AppError(
        'STAGING_SLOW',
        'Uploading to the cluster took so long that the submission is begun anew; what was uploaded stays.',
        { domain: 'external', retryable: true },
      );
    const conf = sparkConf({
      sizing,
      advanced: resources.advanced,
      tags: [COMMON_TAG, installationTag(this.#options.installation), runTag(spec.runId), record.tag],
      stagingUri: this.#options.staging.uri,
      spark,
      isLoopback: this.#options.isLoopback,
      queue: settings.queue,
      kerberos: settings.kerberos,
    });
    const folder = new RunFolder(dataDir, spec.runId);
    folder.writeSpec(record.specFile, spec);
    const pid = await startSubmit({
      command: javaCommand(),
      args: submitArguments({
        pipelineId: spec.pipelineId,
        tag: record.tag,
        classPath: classPath(settings),
        jvmOptions: SMALL_JVM,
        driverJar: settings.driverJar,
        specFile: record.specFile,
        logConfiguration: {
          containers: besideThis('log4j2.properties'),
          submit: besideThis('submit-log4j2.properties'),
        },
        archives,
        conf,
      }),
      env: {
        ...javaEnvironment(settings),
        ...(this.#options.isLoopback ? { SPARK_LOCAL_HOSTNAME: 'localhost' } : {}),
      },
      cwd: folder.path,
      logFile: record.logFile,
      tag: record.tag,
      onEnd: () => {
        // Spark has its own copy by now, or will never need one.
        rmSync(record.specFile, { force: true });
        onEnd();
      },
    });
    const processStartedAt = processStartOf(pid);
    return processStartedAt === undefined ? { ...record, pid } : { ...record, pid, processStartedAt };
  }

  async #stage(document: JsonObject) {
    const { settings, staging, cacheDir } = this.#options;
    const archives: Record<string, string> = {};
    for (const [name, archive] of Object.entries(await this.#options.archives(document)))
      archives[name] = await staging.archive(name, archive);
    if (settings.sparkOnNodes) return { archives, spark: { localFolder: settings.sparkJars } };
    this.#spark ??= sparkArchive(settings.sparkJars, cacheDir);
    this.#spark.catch(() => {
      this.#spark = undefined;
    });
    return { archives, spark: { archiveUri: await staging.archive('spark', await this.#spark) } };
  }
}
