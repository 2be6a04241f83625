import { createHash } from 'node:crypto';
import { messageOf } from '@penstock/model';
import type { Database } from '../store/store.ts';
import { type Bookmark, type Change, comparePositions, type Position, parseBookmark } from './change.ts';
import { ChangeReader, type ResetReason, type Step } from './change-reader.ts';
import { type ChangePage, readChanges } from './read-changes.ts';

export interface ChangeFeedDeps {
  readonly db: Database;
  /** Names the database, such that a copy has another name. */
  readonly storage: string;
  /** How often the database is asked while somebody listens, ms. */
  readonly pollMs?: number;
  readonly onTrouble?: (reason: string) => void;
}

/** Changes that are kept in memory for all readers; who is further behind reads the database. */
const TAIL = 2000;
const PAGE = 500;
const POLL_MS = 400;
const START: Position = { xact: 0n, id: 0n };

/**
 * Tells readers of this instance what changed in the database, whichever instance changed it. One query every so often
 * serves them all, and none while nobody listens. A reader takes changes at its own pace: one that is slow holds a
 * position, not a queue.
 */
export class ChangeFeed {
  readonly #deps: ChangeFeedDeps;
  readonly #storage: string;
  readonly #readers = new Set<ChangeReader>();
  #tail: Change[] = [];
  /** Everything behind `from` up to `upTo` is in the tail. */
  #from: Position = START;
  #upTo: Position = START;
  #history = '';
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;
  #isTroubled = false;
  #isClosed = false;

  constructor(deps: ChangeFeedDeps) {
    this.#deps = deps;
    this.#storage = createHash('sha256').update(deps.storage).digest('hex').slice(0, 12);
  }

  /**
   * Opens a reader: behind where somebody was, or, without a bookmark or where one cannot go on from it, at the
   * present edge. Errors: those of the database.
   */
  async open(bookmarkText?: string): Promise<{ readonly reader: ChangeReader; readonly reset?: ResetReason }> {
    const { timeline, edge, removedUpTo } = await readChanges(this.#deps.db, START, 0);
    const history = this.#historyOf(timeline);
    const found = bookmarkText === undefined ? undefined : parseBookmark(bookmarkText);
    const reset = bookmarkText === undefined ? undefined : resetOf(found, { history, edge, removedUpTo });
    const position = found !== undefined && reset === undefined ? found.position : edge;
    const reader = new ChangeReader({ history, position }, (from) => this.#after(from), this.#forget);
    if (this.#readers.size === 0) {
      this.#history = history;
      this.#startAt(edge);
      this.#schedule();
    }
    this.#readers.add(reader);
    if (this.#isClosed) reader.close();
    return reset === undefined ? { reader } : { reader, reset };
  }

  /** Who listens now. */
  get readers(): number {
    return this.#readers.size;
  }

  readonly #forget = (reader: ChangeReader): void => {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tail = [];
  };

  #historyOf(timeline: string): string {
    return `${this.#storage}-${timeline}`;
  }

  #startAt(position: Position): void {
    this.#tail = [];
    this.#from = position;
    this.#upTo = position;
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.look(), this.#deps.pollMs ?? POLL_MS);
  }

  /** Asks the database now. Never rejects: a database that does not answer is asked again. */
  look(): Promise<void> {
    this.#look ??= this.#read()
      .then(() => {
        this.#isTroubled = false;
      })
      .catch((error: unknown) => {
        if (!this.#isTroubled) this.#deps.onTrouble?.(messageOf(error));
        this.#isTroubled = true;
      })
      .finally(() => {
        this.#look = undefined;
        clearTimeout(this.#timer);
        if (this.#readers.size > 0) this.#schedule();
      });
    return this.#look;
  }

  async #read(): Promise<void> {
    for (let isMore = true; isMore && !this.#isClosed; ) {
      const after = this.#upTo;
      const page = await readChanges(this.#deps.db, after, PAGE);
      // Nobody listens any more, or the first of others came meanwhile: this page continues nothing.
      if (after !== this.#upTo || this.#readers.size === 0) return;
      this.#take(page);
      for (const reader of this.#readers) reader.wake();
      isMore = page.changes.length === PAGE;
    }
  }

  #take({ timeline, removedUpTo, edge, changes, upTo }: ChangePage): void {
    const history = this.#historyOf(timeline);
    const isBroken = history !== this.#history || isBefore(edge, this.#upTo);
    this.#history = history;
    if (isBroken || (removedUpTo !== undefined && isBefore(this.#upTo, removedUpTo))) {
      this.#startAt(edge);
      return;
    }
    this.#tail.push(...changes);
    this.#upTo = upTo;
    const surplus = this.#tail.length - TAIL;
    if (surplus <= 0) return;
    this.#from = this.#tail[surplus - 1]?.position ?? this.#from;
    this.#tail.splice(0, surplus);
  }

  /** What comes behind a bookmark: of the tail where that goes back so far, else of the database. */
  async #after({ history, position }: Bookmark): Promise<Step> {
    if (this.#isClosed) return { kind: 'closed' };
    if (history === this.#history && !isBefore(position, this.#from)) {
      const changes = this.#tail.slice(placeBehind(this.#tail, position)).slice(0, PAGE);
      const upTo = (changes.length === PAGE ? changes.at(-1)?.position : undefined) ?? this.#upTo;
      return isBefore(position, upTo) ? { kind: 'moved', changes, to: { history, position: upTo } } : { kind: 'none' };
    }
    const page = await readChanges(this.#deps.db, position, PAGE);
    const now = this.#historyOf(page.timeline);
    const reset = resetOf({ history, position }, { ...page, history: now });
    if (reset !== undefined) return { kind: 'reset', reason: reset, to: { history: now, position: page.edge } };
    return { kind: 'moved', changes: page.changes, to: { history, position: page.upTo } };
  }

  /** Ends every reader, and takes no more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const reader of [...this.#readers]) reader.close();
  }
}

const isBefore = (a: Position, b: Position): boolean => comparePositions(a, b) < 0;

const resetOf = (
  bookmark: Bookmark | undefined,
  now: { readonly history: string; readonly edge: Position; readonly removedUpTo: Position | undefined },
): ResetReason | undefined => {
  if (bookmark === undefined) return 'unknown';
  const { history, position } = bookmark;
  if (history !== now.history || isBefore(now.edge, position)) return 'elsewhere';
  return now.removedUpTo !== undefined && isBefore(position, now.removedUpTo) ? 'removed' : undefined;
};

/** Index of the first change behind a position; the tail is in order. */
const placeBehind = (tail: readonly Change[], position: Position): number => {
  let [low, high] = [0, tail.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = tail[middle]?.position ?? position;
    if (isBefore(position, at)) high = middle;
    else low = middle + 1;
  }
  return low;
};
