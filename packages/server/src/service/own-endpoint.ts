import { join } from 'node:path';
import { announceEndpoint } from '@penstock/modes';

/** Where workers and drivers reach this instance: known once it listens, which is before anything is supervised. */
export class OwnEndpoint {
  /** Workers that lived through a restart find the instance by this file. */
  readonly file: string;
  #url = '';

  constructor(dataDir: string) {
    this.file = join(dataDir, 'control-endpoints.json');
  }

  readonly url = (): string => this.#url;

  announce(url: string): void {
    this.#url = url;
    announceEndpoint(this.file, url);
  }
}
