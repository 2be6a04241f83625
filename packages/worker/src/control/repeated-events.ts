import type { RunEvent } from '@penstock/model';

/** What each thread tells of by itself, and is one thing for people. */
const OF_ALL_THREADS: readonly string[] = ['REFERENCE_IN_USE', 'REFERENCE_NOT_VALID'];

/** Events that another thread of the process has told of already, in the same words. */
export class RepeatedEvents {
  readonly #last = new Map<string, string>();

  isRepeated({ code, message }: RunEvent): boolean {
    if (!OF_ALL_THREADS.includes(code)) return false;
    const isSame = this.#last.get(code) === message;
    this.#last.set(code, message);
    return isSame;
  }
}
