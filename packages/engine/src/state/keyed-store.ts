import { AppError, type JsonValue, messageOf } from '@penstock/model';
import type { KeyedState, RangeBounds, StateKey, Store, StoreDefinition } from '../operator/index.ts';
import { keyOf, lowerBound, partInRest, restOf, restPrefix } from './key-order.ts';
import { type StoreOwner, writeStoreKey } from './store-key.ts';

interface Slot<S> {
  value: S | undefined;
  isDirty: boolean;
  /** Event time of the entry, Unix ms; only where the store has a time to live. */
  time: number;
}

/** Entries that share the first part of their key. */
interface Group<S> {
  readonly slots: Map<string, Slot<S>>;
  /** Rests of the keys of its entries, in order; only where there are ranges. */
  readonly order: string[];
  /** Newest time of its entries; undefined: not known any more. */
  newest: number | undefined;
  /** When an entry was last put or restored, by the clock. */
  touchedAt: number;
}

interface DirtyEntry<S> {
  readonly first: string;
  readonly rest: string;
  readonly slot: Slot<S>;
  /** The stage that changed it. */
  readonly stage: string;
}

export interface KeyedStoreOptions<S> {
  readonly definition: StoreDefinition<S>;
  readonly owner: StoreOwner;
  /** In ms; undefined: entries live for ever. */
  readonly ttl: number | undefined;
  /** Unix ms. */
  now(): number;
}

/** An entry as the changelog gets it; `null`: deleted. */
export type WriteEntry = (key: string, value: string | null) => void;

const NEVER = Number.NEGATIVE_INFINITY;
/** Groups that are looked at for what has expired at a time. */
const SWEEP = 10_000;

/**
 * One store of a task: in memory, with the entries that changed since the last commit remembered, so that a commit
 * writes only those. Two levels of maps rather than joined keys: for keys of two parts joining would make a new string,
 * and hash it, for every record.
 */
export class KeyedStore<S> implements Store<S> {
  readonly definition: StoreDefinition<S>;
  readonly owner: StoreOwner;
  /** The same store for keys of two parts, without an object per call. */
  readonly pairs: KeyedState<S>;
  readonly #ttl: number | undefined;
  readonly #now: () => number;
  readonly #groups = new Map<string, Group<S>>();
  #dirty: DirtyEntry<S>[] = [];
  #size = 0;
  /** The newest event time anybody named. */
  #latest = NEVER;
  #stage: string;
  #sweeping: IterableIterator<[string, Group<S>]> | undefined;

  constructor({ definition, owner, ttl, now }: KeyedStoreOptions<S>) {
    this.definition = definition;
    this.owner = owner;
    this.#ttl = ttl;
    this.#now = now;
    this.#stage = 'stage' in owner ? owner.stage : '';
    this.pairs = {
      get: (assetId, pointId) => this.#groups.get(assetId)?.slots.get(pointId)?.value,
      put: (assetId, pointId, state) => this.#put(assetId, pointId, state),
      delete: (assetId, pointId) => this.#delete(assetId, pointId),
      forEach: (visit) => {
        for (const [assetId, { slots }] of this.#groups)
          for (const [pointId, slot] of slots) if (slot.value !== undefined) visit(slot.value, assetId, pointId);
      },
    };
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** Says which stage the changes from here on are by. */
  writeAs(stage: string): void {
    this.#stage = stage;
  }

  get(key: StateKey, asOf = NEVER): S | undefined {
    this.#checkKey(key);
    return this.#alive(key[0], asOf)?.slots.get(restOf(key))?.value;
  }

  put(key: StateKey, state: S): void {
    this.#checkKey(key);
    this.#put(key[0], restOf(key), state);
  }

  delete(key: StateKey): void {
    this.#checkKey(key);
    this.#delete(key[0], restOf(key));
  }

  range(prefix: StateKey, bounds: RangeBounds = {}, asOf = NEVER): readonly (readonly [StateKey, S])[] {
    const { keyParts, name, ranges } = this.definition;
    if (ranges !== true) throw new Error(`Store "${name}" keeps no order: its definition has to say "ranges".`);
    if (prefix.length >= keyParts) throw new Error(`A prefix in store "${name}" has fewer than ${keyParts} parts.`);
    const group = this.#alive(prefix[0], asOf);
    if (group === undefined) return [];
    const { from, before, limit = Number.POSITIVE_INFINITY } = bounds;
    const common = restPrefix(prefix);
    const end = before === undefined ? undefined : common + partInRest(before, keyParts);
    const found: (readonly [StateKey, S])[] = [];
    let at = lowerBound(group.order, common + (from === undefined ? '' : partInRest(from, keyParts)));
    for (; at < group.order.length && found.length < limit; at++) {
      const rest = group.order[at] as string;
      if (!rest.startsWith(common) || (end !== undefined && rest >= end)) break;
      const value = group.slots.get(rest)?.value;
      if (value !== undefined) found.push([keyOf(prefix[0], rest, keyParts), value]);
    }
    return found;
  }

  forEach(visit: (state: S, key: StateKey) => void): void {
    const { keyParts } = this.definition;
    for (const [first, { slots }] of this.#groups)
      for (const [rest, { value }] of slots) if (value !== undefined) visit(value, keyOf(first, rest, keyParts));
  }

  /** Takes over an entry of the changelog; `undefined` for a tombstone. Throws for one that cannot be read. */
  restore(key: StateKey, stored: JsonValue | undefined): void {
    this.#checkKey(key);
    const rest = restOf(key);
    const slot = this.#groups.get(key[0])?.slots.get(rest);
    if (stored !== undefined) this.#set(key[0], rest, this.definition.decode(stored));
    else if (slot !== undefined) {
      this.#clear(key[0], rest, slot);
      this.#forget(key[0], rest);
    }
  }

  /**
   * Hands every entry changed since the last call to `write` and counts it as unchanged again. Returns how many there
   * were. Throws `STATE_ENTRY_TOO_LARGE` for one that `write` does not take, or that is larger than its store allows.
   */
  drainChanges(write: WriteEntry): number {
    const changes = this.#dirty;
    this.#dirty = [];
    const { definition, owner } = this;
    for (const { first, rest, slot, stage } of changes) {
      slot.isDirty = false;
      const { name: store, version, keyParts } = definition;
      const key = writeStoreKey({ owner, store, version, key: keyOf(first, rest, keyParts) });
      try {
        write(key, slot.value === undefined ? null : this.#encoded(slot.value));
      } catch (error) {
        throw entryRefused(stage, key, error);
      }
      if (slot.value === undefined) this.#forget(first, rest);
    }
    return changes.length;
  }

  /**
   * Deletes what has expired and nobody asked for since, a part of the store at a time: what other keys have left
   * behind by its time to live, and was not touched for as long by the clock either.
   */
  sweep(): void {
    if (this.#ttl === undefined) return;
    this.#sweeping ??= this.#groups.entries();
    const before = this.#now() - this.#ttl;
    for (let left = SWEEP; left > 0; left--) {
      const next = this.#sweeping.next();
      if (next.done === true) {
        this.#sweeping = undefined;
        return;
      }
      const [first, group] = next.value;
      if (group.touchedAt < before && this.#latest - this.#newestOf(group) > this.#ttl) this.#expire(first, group);
    }
  }

  #put(first: string, rest: string, state: S): void {
    this.#mark(first, rest, this.#set(first, rest, state));
  }

  #delete(first: string, rest: string): void {
    const slot = this.#groups.get(first)?.slots.get(rest);
    if (slot?.value === undefined) return;
    this.#clear(first, rest, slot);
    this.#mark(first, rest, slot);
  }

  #set(first: string, rest: string, state: S): Slot<S> {
    const { expiry, ranges } = this.definition;
    const group = this.#groupOf(first);
    let slot = group.slots.get(rest);
    if (slot?.value === undefined) {
      this.#size++;
      const own = ownText(rest);
      if (ranges === true) group.order.splice(lowerBound(group.order, rest), 0, own);
      if (slot === undefined) {
        slot = { value: undefined, isDirty: false, time: NEVER };
        group.slots.set(own, slot);
      }
    }
    slot.value = state;
    if (expiry === undefined) return slot;
    const before = slot.time;
    slot.time = expiry.timeOf(state);
    if (group.newest !== undefined && slot.time >= group.newest) group.newest = slot.time;
    else if (before === group.newest) group.newest = undefined;
    if (slot.time > this.#latest) this.#latest = slot.time;
    group.touchedAt = this.#now();
    return slot;
  }

  #clear(first: string, rest: string, slot: Slot<S>): void {
    if (slot.value === undefined) return;
    slot.value = undefined;
    this.#size--;
    const group = this.#groups.get(first);
    if (group === undefined) return;
    if (this.definition.ranges === true) group.order.splice(lowerBound(group.order, rest), 1);
    if (slot.time === group.newest) group.newest = undefined;
  }

  #groupOf(first: string): Group<S> {
    let group = this.#groups.get(first);
    if (group === undefined) {
      group = { slots: new Map(), order: [], newest: NEVER, touchedAt: 0 };
      this.#groups.set(ownText(first), group);
    }
    return group;
  }

  /** The group, unless it has expired by then: then it goes. */
  #alive(first: string, asOf: number): Group<S> | undefined {
    const group = this.#groups.get(first);
    if (this.#ttl === undefined) return group;
    if (asOf > this.#latest) this.#latest = asOf;
    if (group === undefined || asOf === NEVER || asOf - this.#newestOf(group) <= this.#ttl) return group;
    this.#expire(first, group);
    return undefined;
  }

  #newestOf(group: Group<S>): number {
    if (group.newest === undefined) {
      group.newest = NEVER;
      for (const { value, time } of group.slots.values())
        if (value !== undefined && time > group.newest) group.newest = time;
    }
    return group.newest;
  }

  #expire(first: string, group: Group<S>): void {
    for (const rest of [...group.slots.keys()]) this.#delete(first, rest);
  }

  #encoded(state: S): string {
    const { encode, maxEntryBytes, name } = this.definition;
    const text = JSON.stringify(encode(state));
    // No unit of a text takes more than three bytes.
    if (maxEntryBytes === undefined || text.length * 3 <= maxEntryBytes) return text;
    const bytes = Buffer.byteLength(text);
    if (bytes > maxEntryBytes)
      throw new Error(`it would have ${bytes} bytes, and store "${name}" keeps ${maxEntryBytes} at most.`);
    return text;
  }

  #mark(first: string, rest: string, slot: Slot<S>): void {
    if (slot.isDirty) return;
    slot.isDirty = true;
    this.#dirty.push({ first, rest, slot, stage: this.#stage });
  }

  #forget(first: string, rest: string): void {
    const group = this.#groups.get(first);
    group?.slots.delete(rest);
    if (group?.slots.size === 0) this.#groups.delete(first);
  }

  #checkKey(key: StateKey): void {
    const { keyParts, name } = this.definition;
    if (key.length !== keyParts)
      throw new Error(`Keys of store "${name}" have ${keyParts} parts, and this one has ${key.length}.`);
  }
}

const entryRefused = (stage: string, key: string, cause: unknown): AppError =>
  new AppError('STATE_ENTRY_TOO_LARGE', `The state of ${key} cannot be stored: ${messageOf(cause)}`, {
    domain: 'user',
    cause,
    params: { stage, key },
  });

/** A string of its own: one cut out of a longer text would keep that whole text in memory for as long as the key lives. */
const ownText = (text: string): string => (text.length < 13 ? text : Buffer.from(text, 'utf8').toString('utf8'));
