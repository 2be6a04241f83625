import type { Caller } from '../../../auth/caller.ts';
import { ApiError } from '../../plugins/error-handler.ts';

/** Streams of one instance, whoever reads them: each holds a connection. */
const MAX_STREAMS = 1000;

const nameOf = (caller: Caller): string =>
  caller.kind === 'user'
    ? `user ${caller.userId}`
    : caller.kind === 'organization'
      ? `key ${caller.accessKey}`
      : 'administrator';

/** Bounds the streams that are open at the same time, of one caller and in all. */
export class StreamPlaces {
  readonly #perCaller: number;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor(perCaller: number) {
    this.#perCaller = perCaller;
  }

  /** Takes a place; the answer gives it back, once however often it is called. Errors: `STREAMS_TOO_MANY`. */
  take(caller: Caller): () => void {
    const name = nameOf(caller);
    const taken = this.#taken.get(name) ?? 0;
    if (taken >= this.#perCaller || this.#total >= MAX_STREAMS)
      throw new ApiError(
        429,
        'STREAMS_TOO_MANY',
        taken >= this.#perCaller
          ? `You have ${taken} event streams open, and there may be ${this.#perCaller} (PENSTOCK_MAX_STREAMS): close one.`
          : 'This instance has as many event streams open as it may have. Try again later, or at another instance.',
      );
    this.#taken.set(name, taken + 1);
    this.#total += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#total -= 1;
      const left = (this.#taken.get(name) ?? 1) - 1;
      if (left === 0) this.#taken.delete(name);
      else this.#taken.set(name, left);
    };
  }
}
