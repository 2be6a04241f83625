/** Things to end, in the reverse order of their beginning; each of them bounds its own end. */
export class Shutdown {
  readonly #steps: { readonly title: string; readonly end: () => Promise<void> | void }[] = [];
  readonly #onProgress: (line: string) => void;
  #running: Promise<void> | undefined;

  constructor(onProgress: (line: string) => void) {
    this.#onProgress = onProgress;
  }

  get hasBegun(): boolean {
    return this.#running !== undefined;
  }

  /** Registers how something ends; `title` is told, an empty one is not. */
  add(title: string, end: () => Promise<void> | void): void {
    this.#steps.push({ title, end });
  }

  /** Ends everything once; what fails to end is told and does not keep the rest from ending. */
  run(): Promise<void> {
    this.#running ??= this.#runSteps();
    return this.#running;
  }

  async #runSteps(): Promise<void> {
    for (const { title, end } of this.#steps.toReversed()) {
      if (title !== '') this.#onProgress(title);
      try {
        await end();
      } catch (error) {
        this.#onProgress(`${title}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
