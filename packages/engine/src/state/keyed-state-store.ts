import type { JsonValue } from '@penstock/model';
import type { KeyedState } from '../operator/index.ts';

/** What turns a stage's state into what the changelog holds, and back. */
export interface StateCodec<S> {
  encode(state: S): JsonValue;
  decode(stored: JsonValue): S;
}

interface Slot<S> {
  value: S | undefined;
  isDirty: boolean;
}

interface DirtyEntry<S> {
  readonly assetId: string;
  readonly pointId: string;
  readonly slot: Slot<S>;
}

/**
 * The state of one stage in one task: in memory, with the entries that changed since the last commit remembered, so
 * that a commit writes only those. Two levels of maps rather than joined keys: joining would make a new string, and
 * hash it, for every record.
 */
export class KeyedStateStore<S> implements KeyedState<S> {
  readonly #codec: StateCodec<S>;
  readonly #instanceName: string;
  readonly #assets = new Map<string, Map<string, Slot<S>>>();
  #dirty: DirtyEntry<S>[] = [];
  #size = 0;

  constructor(instanceName: string, codec: StateCodec<S>) {
    this.#instanceName = instanceName;
    this.#codec = codec;
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  get(assetId: string, pointId: string): S | undefined {
    return this.#assets.get(assetId)?.get(pointId)?.value;
  }

  put(assetId: string, pointId: string, value: S): void {
    const slot = this.#slot(assetId, pointId);
    if (slot.value === undefined) this.#size++;
    slot.value = value;
    this.#mark(assetId, pointId, slot);
  }

  delete(assetId: string, pointId: string): void {
    const slot = this.#assets.get(assetId)?.get(pointId);
    if (slot?.value === undefined) return;
    slot.value = undefined;
    this.#size--;
    this.#mark(assetId, pointId, slot);
  }

  forEach(visit: (value: S, assetId: string, pointId: string) => void): void {
    for (const [assetId, points] of this.#assets)
      for (const [pointId, slot] of points) if (slot.value !== undefined) visit(slot.value, assetId, pointId);
  }

  /** Takes over an entry of the changelog; `undefined` for a tombstone. */
  restore(assetId: string, pointId: string, stored: JsonValue | undefined): void {
    if (stored === undefined) {
      const points = this.#assets.get(assetId);
      if (points?.get(pointId)?.value !== undefined) this.#size--;
      points?.delete(pointId);
      return;
    }
    const slot = this.#slot(assetId, pointId);
    if (slot.value === undefined) this.#size++;
    slot.value = this.#codec.decode(stored);
  }

  /**
   * Hands every entry changed since the last call to `write` (`null`: deleted) and counts it as unchanged again.
   * Returns how many there were.
   */
  drainChanges(write: (key: string, value: string | null) => void): number {
    const changes = this.#dirty;
    this.#dirty = [];
    for (const { assetId, pointId, slot } of changes) {
      slot.isDirty = false;
      const key = stateKey(this.#instanceName, assetId, pointId);
      if (slot.value === undefined) {
        write(key, null);
        this.#forget(assetId, pointId);
      } else write(key, JSON.stringify(this.#codec.encode(slot.value)));
    }
    return changes.length;
  }

  #slot(assetId: string, pointId: string): Slot<S> {
    let points = this.#assets.get(assetId);
    if (points === undefined) {
      points = new Map();
      this.#assets.set(ownText(assetId), points);
    }
    let slot = points.get(pointId);
    if (slot === undefined) {
      slot = { value: undefined, isDirty: false };
      points.set(ownText(pointId), slot);
    }
    return slot;
  }

  #mark(assetId: string, pointId: string, slot: Slot<S>): void {
    if (slot.isDirty) return;
    slot.isDirty = true;
    this.#dirty.push({ assetId, pointId, slot });
  }

  #forget(assetId: string, pointId: string): void {
    const points = this.#assets.get(assetId);
    points?.delete(pointId);
    if (points?.size === 0) this.#assets.delete(assetId);
  }
}

/** Key of a state entry in the changelog topic. */
export const stateKey = (instanceName: string, assetId: string, pointId: string): string =>
  JSON.stringify([instanceName, assetId, pointId]);

/** The parts of a changelog key, or undefined where the key is not one of ours. */
export const parseStateKey = (key: string): { instanceName: string; assetId: string; pointId: string } | undefined => {
  let parts: unknown;
  try {
    parts = JSON.parse(key);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part) => typeof part === 'string')) return undefined;
  const [instanceName, assetId, pointId] = parts as [string, string, string];
  return { instanceName, assetId, pointId };
};

/** A string of its own: one cut out of a longer text would keep that whole text in memory for as long as the key lives. */
const ownText = (text: string): string => (text.length < 13 ? text : Buffer.from(text, 'utf8').toString('utf8'));
