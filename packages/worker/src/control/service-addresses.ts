import { readFile } from 'node:fs/promises';
import { endpointsIn, type RunSpec } from '@penstock/model';

/**
 * Where the service is: any of its instances will do. The file with their addresses is read again whenever none of the
 * known ones answers, since a restarted service may listen elsewhere; in a cluster, where the file lies in a file system
 * that only the driver reads, those of the launch stay.
 */
export class ServiceAddresses {
  readonly #file: string;
  #urls: readonly string[];

  constructor({ endpointsFile, urls }: RunSpec['control']) {
    this.#file = endpointsFile;
    this.#urls = urls ?? [];
  }

  /** The first answer that `ask` gives for an address, which is then the first to be asked; undefined: none did. */
  async firstOf<A>(ask: (url: string) => Promise<A | undefined>): Promise<A | undefined> {
    for (const attempt of ['known', 'reread'] as const) {
      if (attempt === 'reread' || this.#urls.length === 0) this.#urls = await this.#read();
      for (const url of this.#urls) {
        const answer = await ask(url);
        if (answer === undefined) continue;
        this.#urls = [url, ...this.#urls.filter((other) => other !== url)];
        return answer;
      }
    }
    return undefined;
  }

  /** What the file says; what is known already where it says nothing. */
  async #read(): Promise<readonly string[]> {
    try {
      return endpointsIn(await readFile(this.#file, 'utf8'));
    } catch {
      // Absent while a service starts: there is nobody else to talk to just now.
      return this.#urls;
    }
  }
}
