/** Does something again and again, and at once when it is woken, until it is stopped. */
export class Rounds {
  readonly #round: () => Promise<void>;
  readonly #everyMs: number;
  readonly #onTrouble: (error: unknown) => void;
  #loop: Promise<void> | undefined;
  #isEnding = false;
  #isWoken = false;
  #wakeUp: (() => void) | undefined;

  constructor(round: () => Promise<void>, everyMs: number, onTrouble: (error: unknown) => void) {
    this.#round = round;
    this.#everyMs = everyMs;
    this.#onTrouble = onTrouble;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  wake(): void {
    this.#isWoken = true;
    this.#wakeUp?.();
  }

  /** Resolves when the round that is under way is over. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    this.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      this.#isWoken = false;
      try {
        await this.#round();
      } catch (error) {
        this.#onTrouble(error);
      }
      if (!this.#isEnding && !this.#isWoken) await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#everyMs);
    this.#wakeUp = resolve;
    await promise;
    clearTimeout(timer);
    this.#wakeUp = undefined;
  }
}
