import { endpointsIn, endpointsText } from '@penstock/model';
import type { Archive } from './spark-archive.ts';
import type { StagingFiles } from './staging-files.ts';

/** Addresses kept for drivers. Those of instances that are gone cost a driver a vain attempt each. */
const MAX_URLS = 5;

/**
 * The folder of the cluster's file system through which things travel:
 *
 *     {staging}/archives/{name}-{hash}.tar.gz           never changed, shared by all applications
 *     {staging}/control/{installation}.json             where drivers find the service
 *     {staging}/{user}/.sparkStaging/{applicationId}/   Spark's own; holds the run's spec, hence secrets
 *
 * Spark takes archives from where they are, so that YARN keeps one copy per node for all applications; except with
 * `file:` URIs, which it always copies into the application's own folder first.
 */
export class Staging {
  readonly uri: string;
  readonly #files: StagingFiles;
  readonly #installation: string;
  /** Uploads under way or done, by URI. */
  readonly #archives = new Map<string, Promise<void>>();

  constructor(uri: string, files: StagingFiles, installation: string) {
    this.uri = uri;
    this.#files = files;
    this.#installation = installation;
  }

  /** The file in which drivers look up where the service is. */
  get endpointsUri(): string {
    return `${this.uri}/control/${this.#installation}.json`;
  }

  /** Uploads an archive unless it is there. Resolves to its URI. */
  async archive(name: string, { file, hash }: Archive): Promise<string> {
    const uri = `${this.uri}/archives/${name}-${hash}.tar.gz`;
    let upload = this.#archives.get(uri);
    if (upload === undefined) {
      upload = this.#files.put(file, uri);
      this.#archives.set(uri, upload);
      // What failed is tried anew by the next who asks.
      upload.catch(() => this.#archives.delete(uri));
    }
    await upload;
    return uri;
  }

  /** After a submission that failed it may be that somebody cleared the folder: look again next time. */
  doubt(): void {
    this.#archives.clear();
  }

  /** Puts an instance first among those that drivers try, unless it is among them. */
  async announce(url: string): Promise<void> {
    const known = endpointsIn((await this.#files.read(this.endpointsUri)) ?? '');
    if (known.includes(url)) return;
    await this.#files.replace(this.endpointsUri, endpointsText([url, ...known].slice(0, MAX_URLS)));
  }

  /** Removes what Spark left of applications that have ended: those that were killed do not clear up. */
  async removeApplications(applications: readonly { readonly id: string; readonly user: string }[]): Promise<void> {
    await this.#files.remove(applications.map(({ id, user }) => `${this.uri}/${user}/.sparkStaging/${id}`));
  }
}
