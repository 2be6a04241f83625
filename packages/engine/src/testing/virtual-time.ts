import type { ServiceTime } from '../ports.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** Time that passes only when nothing else can go on: to the next moment that somebody waits for. */
export class VirtualTime implements ServiceTime {
  #now = 1_000_000;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal: AbortSignal = new AbortController().signal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /** Lets time pass until the work is done. Throws where nobody waits for anything any more, and it is not. */
  async until<T>(work: T | Promise<T>): Promise<T> {
    let isDone = false;
    const done = Promise.resolve(work).finally(() => {
      isDone = true;
    });
    done.catch(() => undefined); // told below
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return done;
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined) throw new Error('Nothing is waited for, and the work is not done.');
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }
}
