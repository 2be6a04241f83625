import { messageOf } from '@penstock/model';
import type { Database } from '../store/open-store.ts';
import { type InstanceRow, SIGN_EVERY_MS, showSign, takeOut } from './instances.ts';

export interface PresenceDeps {
  readonly db: Database;
  /** What the instance says of itself now. */
  readonly own: () => InstanceRow;
  readonly onTrouble: (reason: string) => void;
  readonly everyMs?: number;
}

/** Shows signs of life of this instance until it ends. */
export class Presence {
  readonly #deps: PresenceDeps;
  #timer: NodeJS.Timeout | undefined;
  #sign: Promise<void> | undefined;
  #isTroubled = false;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.sign(), this.#deps.everyMs ?? SIGN_EVERY_MS);
    void this.sign();
  }

  /** One sign; never rejects. One that hangs is not joined by another. */
  sign(): Promise<void> {
    this.#sign ??= showSign(this.#deps.db, this.#deps.own())
      .then(() => {
        this.#isTroubled = false;
      })
      .catch((error: unknown) => this.#tell(error))
      .finally(() => {
        this.#sign = undefined;
      });
    return this.#sign;
  }

  /** The instance is not there any more, and says so where the database hears it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sign;
    await takeOut(this.#deps.db, this.#deps.own().instanceId).catch((error: unknown) => this.#tell(error));
  }

  #tell(error: unknown): void {
    if (!this.#isTroubled) this.#deps.onTrouble(messageOf(error));
    this.#isTroubled = true;
  }
}
