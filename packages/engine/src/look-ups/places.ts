/** A number of places for what goes on at the same time; who comes when all are taken waits in line. */
export class Places {
  readonly #number: number;
  readonly #line = new Set<() => void>();
  #taken = 0;

  constructor(number: number) {
    this.#number = number;
  }

  /** Resolves with a place taken; rejects with the signal's reason, and none is. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#taken < this.#number) {
      this.#taken += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      this.#line.delete(resolve);
      reject(signal.reason);
    };
    this.#line.add(resolve);
    signal.addEventListener('abort', leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Gives a place back: to the first in line. */
  giveBack(): void {
    const [first] = this.#line;
    if (first === undefined) {
      this.#taken -= 1;
      return;
    }
    this.#line.delete(first);
    first();
  }
}
