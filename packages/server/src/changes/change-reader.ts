import type { Bookmark, Change } from './change.ts';

/**
 * Why a reader cannot go on from where it was, and has to read everything anew: its place is none, is one of another
 * database or of a history that was given up, or what came behind it is removed.
 */
export const RESET_REASONS = ['unknown', 'elsewhere', 'removed'] as const;
export type ResetReason = (typeof RESET_REASONS)[number];

/** What a look behind a bookmark gave. */
export type Step =
  /** `changes` may be empty: then nothing concerns anybody up to `to`. */
  | { readonly kind: 'moved'; readonly changes: readonly Change[]; readonly to: Bookmark }
  | { readonly kind: 'none' }
  /** What came behind the bookmark cannot be told any more; `to` is where telling begins again. */
  | { readonly kind: 'reset'; readonly reason: ResetReason; readonly to: Bookmark }
  | { readonly kind: 'closed' };

/** One who looks on: has a place, and takes what comes behind it at its own pace. */
export class ChangeReader {
  readonly #after: (bookmark: Bookmark) => Promise<Step>;
  readonly #onClose: (reader: ChangeReader) => void;
  #bookmark: Bookmark;
  #isClosed = false;
  #isWoken = false;
  #sleeper: PromiseWithResolvers<void> | undefined;

  constructor(
    bookmark: Bookmark,
    after: (bookmark: Bookmark) => Promise<Step>,
    onClose: (reader: ChangeReader) => void,
  ) {
    this.#bookmark = bookmark;
    this.#after = after;
    this.#onClose = onClose;
  }

  /** Up to here everything was taken. */
  get bookmark(): Bookmark {
    return this.#bookmark;
  }

  /** The next step; `none` only where somebody woke this reader for another reason. Errors: those of the database. */
  async next(): Promise<Step> {
    for (;;) {
      if (this.#isClosed) return { kind: 'closed' };
      this.#sleeper = Promise.withResolvers();
      const step = await this.#after(this.#bookmark);
      if (step.kind === 'moved' || step.kind === 'reset') this.#bookmark = step.to;
      // Where nothing concerns anybody, there is nothing to do but to note the place.
      if (step.kind !== 'none' && !(step.kind === 'moved' && step.changes.length === 0)) return step;
      if (this.#isWoken) {
        this.#isWoken = false;
        return { kind: 'none' };
      }
      if (step.kind === 'none') await this.#sleeper.promise;
    }
  }

  /** There may be more, or, `forOther`, something else to do: `next` answers. */
  wake(forOther = false): void {
    if (forOther) this.#isWoken = true;
    this.#sleeper?.resolve();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose(this);
    this.wake();
  }
}
