import type { LookUpPolicy } from './look-up.ts';

interface Entry<A> {
  readonly value: A | undefined;
  readonly bytes: number;
  readonly until: number;
}

/** What an entry takes besides its answer and key. */
const ENTRY_BYTES = 100;

/** Answers by key, each for its time; bounded by number and size, those not used for longest go first. */
export class KeptAnswers<A> {
  readonly #policy: LookUpPolicy;
  readonly #entries = new Map<string, Entry<A>>();
  #bytes = 0;

  constructor(policy: LookUpPolicy) {
    this.#policy = policy;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Undefined: not known. `nowMs`: Unix ms. */
  get(key: string, nowMs: number): { readonly value: A | undefined } | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#remove(key, entry);
    if (entry.until <= nowMs) return undefined;
    this.#add(key, entry);
    return entry;
  }

  /** `bytes`: of the answer alone. One that is larger than all answers may be is not kept. */
  put(key: string, value: A | undefined, bytes: number, nowMs: number): void {
    const { ttlMs, missingTtlMs, maxEntries, maxBytes } = this.#policy;
    const lifeMs = value === undefined ? missingTtlMs : ttlMs;
    const entry = { value, bytes: bytes + key.length * 2 + ENTRY_BYTES, until: nowMs + lifeMs };
    const before = this.#entries.get(key);
    if (before !== undefined) this.#remove(key, before);
    if (lifeMs <= 0 || entry.bytes > maxBytes) return;
    this.#add(key, entry);
    for (const [oldest, { bytes: its }] of this.#entries) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= its;
    }
  }

  forget(keys: readonly string[] | 'all'): void {
    for (const key of keys === 'all' ? [...this.#entries.keys()] : keys) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) this.#remove(key, entry);
    }
  }

  #add(key: string, entry: Entry<A>): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #remove(key: string, entry: Entry<A>): void {
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
