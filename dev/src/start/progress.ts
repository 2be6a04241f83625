/** Lines that say what is being done now and, afterwards, how long it took. Slow steps repeat that they still go on. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #startedAt = Date.now();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly line = (text: string): void => {
    const seconds = ((Date.now() - this.#startedAt) / 1000).toFixed(1).padStart(5);
    this.#write(`${seconds} s  ${text}\n`);
  };

  /** Runs a step; while it takes long, says so every five seconds. */
  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.line(title);
    const reminder = setInterval(() => this.line(`  still ${title} ...`), 5000);
    try {
      return await work();
    } finally {
      clearInterval(reminder);
    }
  }
}
