import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, type LocalKafka, type LocalKafkaOptions, startLocalKafka } from '@penstock/dev';
import { ServiceProcess } from '../service/service-process.ts';
import { type Grants, Organization } from './organization.ts';
import { startYarnPart, type YarnPart } from './yarn-part.ts';

export interface WorldOptions {
  /** Its folder; without one a temporary folder is made, and removed at the end. */
  readonly folder?: string;
  /** A broker that is there already, or how to start one; without it a plain one is started. */
  readonly kafka?: LocalKafka | Omit<LocalKafkaOptions, 'dir'>;
  /** A YARN that is there already, or what each of its two nodes offers, in MiB and cores; without it there is none. */
  readonly yarn?: YarnPart | { readonly memoryMb?: number; readonly vcores?: number };
  /** Further settings of the service. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onProgress?: (line: string) => void;
}

/** Real parts that belong together: a broker, if wanted a YARN, and the service as a process. */
export class World {
  readonly folder: string;
  readonly kafka: LocalKafka;
  readonly yarn: YarnPart['yarn'] | undefined;
  readonly service: ServiceProcess;
  readonly #closers: readonly (() => Promise<void>)[];

  private constructor(
    parts: Pick<World, 'folder' | 'kafka' | 'yarn' | 'service'>,
    closers: readonly (() => Promise<void>)[],
  ) {
    this.folder = parts.folder;
    this.kafka = parts.kafka;
    this.yarn = parts.yarn;
    this.service = parts.service;
    this.#closers = closers;
  }

  /** Starts what is not there yet and waits until the service answers. Ends what it started when that fails. */
  static async start(options: WorldOptions = {}): Promise<World> {
    const { onProgress = () => {} } = options;
    const closers: (() => Promise<void>)[] = [];
    try {
      const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'penstock-world-')));
      if (options.folder === undefined) closers.push(() => rm(folder, { recursive: true, force: true }));
      const kafkaPart = async (): Promise<LocalKafka> => {
        if (options.kafka !== undefined && 'bootstrapServers' in options.kafka) return options.kafka;
        const kafka = await startLocalKafka({ dir: join(folder, 'kafka'), onProgress, ...options.kafka });
        closers.push(() => kafka.stop());
        return kafka;
      };
      const yarnPart = async (): Promise<YarnPart | undefined> => {
        if (options.yarn === undefined || 'env' in options.yarn) return options.yarn;
        const part = await startYarnPart({ dir: join(folder, 'yarn'), onProgress, ...options.yarn });
        closers.push(() => part.yarn.stop());
        return part;
      };
      const [kafka, yarn] = await settled([kafkaPart(), yarnPart()]);
      const service = new ServiceProcess({
        folder,
        port: await findFreePort(),
        bootstrapServers: kafka.bootstrapServers,
        env: { ...yarn?.env, ...options.env },
      });
      closers.push(async () => {
        await service.end('SIGTERM');
        service.kill();
      });
      onProgress(`starting the service on ${service.baseUrl}`);
      await service.start();
      await service.ready();
      return new World({ folder, kafka, yarn: yarn?.yarn, service }, closers);
    } catch (error) {
      await closeAll(closers);
      throw error;
    }
  }

  /** Ends what was started with it, the last first. */
  stop(): Promise<void> {
    return closeAll(this.#closers);
  }

  organization(orgId: string, grants: Grants): Promise<Organization> {
    return Organization.create(this.service, orgId, grants);
  }
}

/** Waits for both, also where one fails, so that nothing is started behind the back of who cleans up. */
const settled = async <A, B>(promises: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> => {
  await Promise.allSettled(promises);
  return Promise.all(promises);
};

const closeAll = async (closers: readonly (() => Promise<void>)[]): Promise<void> => {
  for (const close of closers.toReversed()) await close();
};
